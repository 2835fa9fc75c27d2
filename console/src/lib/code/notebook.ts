// A Jupyter notebook (nbformat 4, and 3 as far as it is alike) as cells to show. Nothing of it runs:
// scripts, widgets and SVG are left out, images are PNG or JPEG data alone.

export type Output =
  | { kind: 'text'; text: string; bad: boolean }
  | { kind: 'html'; html: string }
  | { kind: 'markdown'; text: string }
  | { kind: 'image'; url: string }
  | { kind: 'hidden'; type: string };

export interface Cell {
  kind: 'code' | 'markdown' | 'raw';
  text: string;
  /** "In [3]"; undefined for a cell that never ran */
  count: number | undefined;
  outputs: Output[];
}

export interface Notebook {
  language: string;
  cells: Cell[];
}

type Json = Record<string, unknown>;

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Undefined where the text is not a notebook. */
export function parseNotebook(source: string): Notebook | undefined {
  let document: unknown;
  try {
    document = JSON.parse(source);
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const [sheet] = list(document.worksheets);
  const cells = document.cells ?? (isObject(sheet) ? sheet.cells : undefined);
  if (!Array.isArray(cells)) return undefined;
  const metadata = isObject(document.metadata) ? document.metadata : {};
  const info = isObject(metadata.language_info) ? metadata.language_info : {};
  return {
    language: typeof info.name === 'string' ? info.name : 'python',
    cells: cells.filter(isObject).map(parseCell),
  };
}

function parseCell(cell: Json): Cell {
  const count = cell.execution_count ?? cell.prompt_number;
  if (cell.cell_type === 'heading') {
    const level = typeof cell.level === 'number' ? cell.level : 1;
    const text = `${'#'.repeat(Math.min(6, level))} ${joined(cell.source)}`;
    return { kind: 'markdown', text, count: undefined, outputs: [] };
  }
  const known = cell.cell_type === 'code' || cell.cell_type === 'markdown';
  return {
    kind: known ? (cell.cell_type as 'code' | 'markdown') : 'raw',
    text: joined(cell.source ?? cell.input),
    count: typeof count === 'number' ? count : undefined,
    outputs: list(cell.outputs).filter(isObject).map(parseOutput),
  };
}

function parseOutput(output: Json): Output {
  if (output.output_type === 'stream')
    return { kind: 'text', text: joined(output.text), bad: output.name === 'stderr' };
  if (output.output_type === 'error' || output.output_type === 'pyerr') {
    const trace = list(output.traceback).map(String).join('\n');
    return { kind: 'text', text: trace || `${output.ename}: ${output.evalue}`, bad: true };
  }
  return parseData(isObject(output.data) ? output.data : {});
}

function parseData(data: Json): Output {
  for (const type of IMAGES) {
    const base64 = joined(data[type]).replace(/\s/g, '');
    if (base64 !== '' && /^[A-Za-z0-9+/]+=*$/.test(base64))
      return { kind: 'image', url: `data:${type};base64,${base64}` };
  }
  if (data['text/html'] !== undefined) return { kind: 'html', html: joined(data['text/html']) };
  if (data['text/markdown'] !== undefined)
    return { kind: 'markdown', text: joined(data['text/markdown']) };
  if (data['text/plain'] !== undefined)
    return { kind: 'text', text: joined(data['text/plain']), bad: false };
  return { kind: 'hidden', type: Object.keys(data)[0] ?? '' };
}

/** Long texts are kept as lists of lines. */
function joined(value: unknown): string {
  if (typeof value === 'string') return value;
  return list(value)
    .filter((part) => typeof part === 'string')
    .join('');
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
