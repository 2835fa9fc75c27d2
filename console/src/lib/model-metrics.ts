// Metrics of a model's version as rows of a form.

export interface MetricRow {
  name: string;
  value: string;
}

export function metricRows(metrics: Record<string, number>): MetricRow[] {
  return Object.entries(metrics).map(([name, value]) => ({ name, value: String(value) }));
}

/** Undefined when a row lacks its name or its number; empty rows do not count. */
export function metricsOf(rows: readonly MetricRow[]): Record<string, number> | undefined {
  const metrics: Record<string, number> = {};
  for (const row of rows) {
    const name = row.name.trim();
    const text = row.value.trim();
    if (name === '' && text === '') continue;
    const value = Number(text);
    if (name === '' || text === '' || !Number.isFinite(value)) return undefined;
    metrics[name] = value;
  }
  return metrics;
}
