// The log of one task over HTTP.
import { statesOf } from '@/lib/log/log-lines';
import type { Search } from '@/lib/log/log-row';
import type { LogInfo, LogSource, PlacedLine } from '@/lib/log/log-store';
import { api, body, fetchRaw } from './client';

/** Of a line that was overwritten a million times, the last part is enough to look at. */
const MAX_HISTORY_BYTES = 256 * 1024;

export class TaskLog implements LogSource {
  constructor(private readonly id: number) {}

  get rawUrl(): string {
    return `/api/v2/tasks/${this.id}/log/raw`;
  }

  /** The same, as a file to keep. */
  get downloadUrl(): string {
    return `${this.rawUrl}?download=1`;
  }

  /** Server-sent events from a byte offset on. */
  streamUrl(offset: number): string {
    return `/api/v2/tasks/${this.id}/log/stream?from=${offset}`;
  }

  info(): Promise<LogInfo> {
    return body(
      api.GET('/api/v2/tasks/{id}/log/info', { params: { path: { id: String(this.id) } } }),
    );
  }

  async lines(from: number, count: number): Promise<PlacedLine[]> {
    // The server counts lines from 1.
    const query = { from: String(from + 1), count: String(count) };
    const params = { path: { id: String(this.id) }, query };
    return (await body(api.GET('/api/v2/tasks/{id}/log', { params }))).lines;
  }

  /** Calls `hits` with line indexes in order, as the server finds them; resolves when all were searched. */
  async search(
    search: Search,
    hits: (indexes: number[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const query = new URLSearchParams({
      q: search.query,
      case: search.matchCase ? 'exact' : 'ignore',
    });
    const response = await fetchRaw(`/api/v2/tasks/${this.id}/log/search?${query}`, { signal });
    if (response.body === null) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const records = (rest + piece.value).split('\n');
      rest = records.pop() ?? '';
      hits(records.flatMap(hitOf));
    }
    hits(hitOf(rest));
  }

  /** Every state that a line went through, oldest first; the last ones where they are too many. */
  async history(index: number): Promise<string[]> {
    const [line, next] = await this.lines(index, 2);
    if (line === undefined) return [];
    const end = next === undefined ? (await this.info()).bytes : next.offset;
    const start = Math.max(line.offset, end - MAX_HISTORY_BYTES);
    if (end <= start) return [];
    const response = await fetchRaw(this.rawUrl, {
      headers: { Range: `bytes=${start}-${end - 1}` },
    });
    const states = statesOf(await response.text());
    return start > line.offset ? states.slice(1) : states;
  }
}

/** A record is {"line": n}, n counted from 1; the last one is {"total": n}. */
function hitOf(record: string): number[] {
  if (record.trim() === '') return [];
  const { line } = JSON.parse(record) as { line?: number };
  return line === undefined ? [] : [line - 1];
}
