// Bytes of a log become lines as a terminal would show them: "\n" ends a line, "\r" goes back to its
// start, so that a progress bar is one line with its last state and a count of its updates. The same
// rule as the server's line index, for what arrives live.

export interface LogLine {
  /** last state that was not empty, with its ANSI sequences */
  text: string;
  /** how often it was overwritten: its "\r"s, less those at its end */
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
  private text = '';
  private updates = 0;
  private cut = false;
  private begun = false;
  // "\r"s after which nothing was written yet: what stands there stays until something takes its
  // place, and before a newline they mean nothing.
  private returns = 0;

  /** Takes the next piece of the log. Pieces may end anywhere. */
  feed(piece: string): Fed {
    const finished: LogLine[] = [];
    const parts = piece.split('\n');
    for (let i = 0; i < parts.length; i += 1) {
      this.take(parts[i] ?? '');
      if (i < parts.length - 1) finished.push(this.finish());
    }
    return { finished, open: this.begun ? this.line() : undefined };
  }

  private take(part: string): void {
    if (part === '') return;
    this.begun = true;
    const states = part.split('\r');
    this.grow(states[0] ?? '');
    for (const state of states.slice(1)) {
      this.returns += 1;
      this.grow(state);
    }
  }

  private grow(text: string): void {
    if (text === '') return;
    if (this.returns > 0) {
      this.updates += this.returns;
      this.returns = 0;
      this.text = '';
      this.cut = false;
    }
    const room = MAX_LINE - this.text.length;
    if (text.length > room) this.cut = true;
    this.text += text.length > room ? text.slice(0, room) : text;
  }

  private line(): LogLine {
    return { text: this.text, updates: this.updates, cut: this.cut };
  }

  private finish(): LogLine {
    const line = this.line();
    this.text = '';
    this.updates = this.returns = 0;
    this.cut = this.begun = false;
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
