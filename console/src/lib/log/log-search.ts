// The matches of a search in a log: found by the server over the whole log, then, while the task runs,
// by looking at the lines as they arrive.
import { stripAnsi } from './ansi';
import type { LogLine } from './log-lines';
import { matches, type Search } from './log-row';

/** Searches the whole log and calls back with line indexes in order. */
export type SearchAll = (
  search: Search,
  hits: (indexes: number[]) => void,
  signal: AbortSignal,
) => Promise<void>;

export class LogSearch {
  search: Search | undefined;
  /** lines with a match, in order */
  hits: number[] = [];
  searching = false;
  /** position in `hits`, or -1 */
  at = -1;
  error: unknown;

  private abort: AbortController | undefined;
  private late: number[] = [];

  constructor(
    private readonly searchAll: SearchAll,
    private readonly changed: () => void,
  ) {}

  /** Line of the current match, or -1. */
  get current(): number {
    return this.hits[this.at] ?? -1;
  }

  /** Starts a new search; the first match from line `near` on becomes the current one. */
  async start(search: Search | undefined, near: number): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.search = search === undefined || search.query === '' ? undefined : search;
    this.hits = [];
    this.late = [];
    this.at = -1;
    this.error = undefined;
    this.searching = this.search !== undefined;
    this.changed();
    if (this.search === undefined) return;
    const take = (indexes: number[]): void => {
      if (abort.signal.aborted || indexes.length === 0) return;
      this.add(indexes);
      if (this.at < 0) this.at = this.hits.findIndex((hit) => hit >= near);
      this.changed();
    };
    try {
      await this.searchAll(this.search, take, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
    }
    if (abort.signal.aborted) return;
    this.searching = false;
    this.add(this.late);
    if (this.at < 0) this.at = this.hits.length - 1;
    this.changed();
  }

  /** Lines that arrived live. */
  take(from: number, lines: readonly LogLine[]): void {
    const { search } = this;
    if (search === undefined) return;
    const found = lines.flatMap((line, i) =>
      matches(stripAnsi(line.text), search).length > 0 ? [from + i] : [],
    );
    if (found.length === 0) return;
    // The server may be about to report the same lines; what it missed is added at its end.
    if (this.searching) this.late.push(...found);
    else this.add(found);
    this.changed();
  }

  /** The next or previous match, around the ends. */
  step(by: 1 | -1): void {
    if (this.hits.length === 0) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.changed();
  }

  stop(): void {
    this.abort?.abort();
  }

  private add(indexes: readonly number[]): void {
    for (const index of indexes) {
      if (index > (this.hits[this.hits.length - 1] ?? -1)) this.hits.push(index);
    }
  }
}
