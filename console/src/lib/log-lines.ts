// Bytes of a log become lines as a terminal would show them: "\n" ends a line, "\r" goes back to its
// start, so that a progress bar is one line with its last state and a count of its updates. The same
// rule as the server's line index, for what arrives live.

export interface LogLine {
  /** last state that was not empty, with its ANSI sequences */
  text: string;
  /** how often the line was overwritten */
  updates: number;
  /** the line is longer than MAX_LINE; `text` is its start */
  cut: boolean;
}

export interface Fed {
  finished: LogLine[];
  /** the line that has no end yet; absent when the text so far ends with a newline */
  open: LogLine | undefined;
}

/** The server cuts at 16 KiB; this is the same in characters, to bound what a browser keeps. */
export const MAX_LINE = 16 * 1024;

export class LineAssembler {
  private segment = '';
  private state = '';
  private states = 0;
  private cut = false;
  // A "\r" at the end of a piece may be half of "\r\n"; the next piece tells.
  private pendingReturn = false;

  /** Takes the next piece of the log. Pieces may end anywhere. */
  feed(piece: string): Fed {
    const finished: LogLine[] = [];
    let text = piece;
    if (this.pendingReturn && text !== '') {
      this.pendingReturn = false;
      text = `\r${text}`;
    }
    if (text.endsWith('\r')) {
      this.pendingReturn = true;
      text = text.slice(0, -1);
    }
    const parts = text.split('\n');
    for (let i = 0; i < parts.length; i += 1) {
      this.take(parts[i] ?? '', i < parts.length - 1);
      if (i < parts.length - 1) finished.push(this.finish());
    }
    return { finished, open: this.open() };
  }

  private take(part: string, ended: boolean): void {
    const states = part.split('\r');
    if (ended && states.length > 1 && states[states.length - 1] === '') states.pop();
    this.grow(states[0] ?? '');
    for (const next of states.slice(1)) {
      this.overwrite();
      this.grow(next);
    }
  }

  private grow(text: string): void {
    const room = MAX_LINE - this.segment.length;
    if (text.length > room) this.cut = true;
    this.segment += text.length > room ? text.slice(0, room) : text;
  }

  /** A "\r": what stands there is kept until something takes its place. */
  private overwrite(): void {
    if (this.segment !== '') {
      this.state = this.segment;
      this.states += 1;
      this.segment = '';
      this.cut = false;
    }
  }

  private line(): LogLine {
    const states = this.states + (this.segment === '' ? 0 : 1);
    const text = this.segment === '' ? this.state : this.segment;
    return { text, updates: Math.max(0, states - 1), cut: this.cut };
  }

  private open(): LogLine | undefined {
    return this.segment === '' && this.states === 0 ? undefined : this.line();
  }

  private finish(): LogLine {
    const line = this.line();
    this.segment = this.state = '';
    this.states = 0;
    this.cut = false;
    return line;
  }
}

/** Every state that a raw line went through, oldest first. */
export function statesOf(rawLine: string): string[] {
  return rawLine
    .replace(/\r?\n[\s\S]*$/, '')
    .split('\r')
    .filter((state) => state !== '');
}
