// A log of any length, held in part: blocks of lines are fetched when they come into view and the
// least recently seen are dropped, so a million lines cost a few megabytes. Live text is appended at
// the end. Knows nothing of the screen; log-view.ts draws what stands here.
import { LineAssembler, type LogLine } from './log-lines';

export interface LogInfo {
  lines: number;
  bytes: number;
  complete: boolean;
}

/** A line as the server gives it. */
export interface PlacedLine extends LogLine {
  /** byte offset of its start in the log */
  offset: number;
}

/** Where lines come from: the API, or a test's array. `from` counts from 0. */
export interface LogSource {
  info(): Promise<LogInfo>;
  lines(from: number, count: number): Promise<PlacedLine[]>;
}

export const BLOCK_LINES = 512;
const MAX_BLOCKS = 64;
// A block that could not be fetched is left alone for this long: the view asks at every frame.
const RETRY_MS = 2000;

export class LogStore {
  lines = 0;
  bytes = 0;
  complete = false;

  private readonly blocks = new Map<number, LogLine[]>();
  private readonly loading = new Set<number>();
  private assembler = new LineAssembler();
  // Index of the line that live text continues.
  private openIndex = 0;

  /** `changed` is called after every change; `failed` when a block could not be fetched. */
  constructor(
    private readonly source: LogSource,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void = () => undefined,
  ) {}

  /**
   * Fetches the size and the last block. Returns the byte offset from which live text must continue:
   * the start of the last line, which is then read again, so that it does not matter whether it had
   * ended, nor how much was written between the two requests.
   */
  async open(): Promise<number> {
    const info = await this.source.info();
    const block = Math.max(0, Math.floor((info.lines - 1) / BLOCK_LINES));
    const tail =
      info.lines === 0 ? [] : await this.source.lines(block * BLOCK_LINES, BLOCK_LINES * 2);
    for (let at = 0; at < tail.length; at += BLOCK_LINES) {
      this.blocks.set(block + at / BLOCK_LINES, tail.slice(at, at + BLOCK_LINES));
    }
    this.lines = tail.length === 0 ? info.lines : block * BLOCK_LINES + tail.length;
    this.bytes = info.bytes;
    this.complete = info.complete;
    this.openIndex = Math.max(0, this.lines - 1);
    this.assembler = new LineAssembler();
    this.changed();
    return tail[tail.length - 1]?.offset ?? 0;
  }

  /** Live text. `end` is the byte offset after it. Returns the lines that were finished by it. */
  append(text: string, end: number): { from: number; finished: LogLine[] } {
    const { finished, open } = this.assembler.feed(text);
    const from = this.openIndex;
    finished.forEach((line, i) => this.put(from + i, line));
    this.openIndex += finished.length;
    if (open !== undefined) this.put(this.openIndex, open);
    this.lines = Math.max(this.lines, this.openIndex + (open === undefined ? 0 : 1));
    this.bytes = Math.max(this.bytes, end);
    this.evict();
    this.changed();
    return { from, finished };
  }

  finish(): void {
    this.complete = true;
    this.changed();
  }

  /** The line, or undefined while it is being fetched. */
  line(index: number): LogLine | undefined {
    const number = Math.floor(index / BLOCK_LINES);
    const block = this.blocks.get(number);
    const line = block?.[index % BLOCK_LINES];
    if (line === undefined && index < this.lines) void this.load(number);
    return line;
  }

  /** Marks what is on the screen as used, and fetches what a scroll would show next. */
  look(first: number, last: number): void {
    const from = Math.floor(first / BLOCK_LINES);
    const to = Math.floor(last / BLOCK_LINES);
    for (let number = from; number <= to; number += 1) {
      const block = this.blocks.get(number);
      if (block === undefined) continue;
      this.blocks.delete(number);
      this.blocks.set(number, block);
    }
    const margin = BLOCK_LINES / 4;
    if (first % BLOCK_LINES < margin && from > 0) this.prefetch(from - 1);
    if (last % BLOCK_LINES >= BLOCK_LINES - margin) this.prefetch(to + 1);
  }

  private prefetch(number: number): void {
    if (number * BLOCK_LINES < this.lines && !this.blocks.has(number)) void this.load(number);
  }

  private put(index: number, line: LogLine): void {
    const number = Math.floor(index / BLOCK_LINES);
    let block = this.blocks.get(number);
    if (block === undefined) this.blocks.set(number, (block = []));
    block[index % BLOCK_LINES] = line;
  }

  private async load(number: number): Promise<void> {
    if (this.loading.has(number)) return;
    this.loading.add(number);
    try {
      const fetched = await this.source.lines(number * BLOCK_LINES, BLOCK_LINES);
      this.merge(number, fetched);
      this.evict();
      this.loaded(number);
    } catch (error) {
      this.failed(error);
      setTimeout(() => this.loaded(number), RETRY_MS);
    }
  }

  private loaded(number: number): void {
    this.loading.delete(number);
    this.changed();
  }

  /** What came live in the meantime is newer than what was fetched, from the open line on. */
  private merge(number: number, fetched: LogLine[]): void {
    const live = this.blocks.get(number) ?? [];
    const block = fetched.slice();
    live.forEach((line, i) => {
      if (block[i] === undefined || number * BLOCK_LINES + i >= this.openIndex) block[i] = line;
    });
    this.blocks.set(number, block);
  }

  private evict(): void {
    const last = Math.floor(this.openIndex / BLOCK_LINES);
    for (const number of this.blocks.keys()) {
      if (this.blocks.size <= MAX_BLOCKS) return;
      if (number !== last) this.blocks.delete(number);
    }
  }
}
