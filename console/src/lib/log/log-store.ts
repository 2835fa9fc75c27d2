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
/** What is kept: enough to scroll back and forth, whatever the length of the lines. */
const MAX_BLOCKS = 64;
const MAX_CHARACTERS = 16 * 1024 * 1024;
// A block that could not be fetched is left alone for this long: the view asks at every frame.
const RETRY_MS = 2000;

export class LogStore {
  lines = 0;
  bytes = 0;
  complete = false;

  private readonly blocks = new Map<number, LogLine[]>();
  private characters = 0;
  // Grows with each opening: an answer to a question of before is dropped.
  private opening = 0;
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
    this.opening += 1;
    this.blocks.clear();
    this.loading.clear();
    this.characters = 0;
    const info = await this.source.info();
    const block = Math.max(0, Math.floor((info.lines - 1) / BLOCK_LINES));
    const tail =
      info.lines === 0 ? [] : await this.source.lines(block * BLOCK_LINES, BLOCK_LINES * 2);
    tail.forEach((line, i) => this.put(block * BLOCK_LINES + i, line));
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
    this.characters += line.text.length - (block[index % BLOCK_LINES]?.text.length ?? 0);
    block[index % BLOCK_LINES] = line;
  }

  private async load(number: number): Promise<void> {
    if (this.loading.has(number)) return;
    this.loading.add(number);
    const { opening } = this;
    try {
      const fetched = await this.source.lines(number * BLOCK_LINES, BLOCK_LINES);
      if (opening !== this.opening) return;
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
    const first = number * BLOCK_LINES;
    const live = this.blocks.get(number);
    fetched.forEach((line, i) => {
      if (live?.[i] === undefined || first + i < this.openIndex) this.put(first + i, line);
    });
  }

  private evict(): void {
    const growing = Math.floor(this.openIndex / BLOCK_LINES);
    const newest = [...this.blocks.keys()].at(-1);
    for (const [number, block] of this.blocks) {
      if (this.blocks.size <= MAX_BLOCKS && this.characters <= MAX_CHARACTERS) return;
      // The block just fetched is about to be looked at, however large it is.
      if (number === growing || number === newest) continue;
      this.blocks.delete(number);
      block.forEach((line) => (this.characters -= line.text.length));
    }
  }
}
