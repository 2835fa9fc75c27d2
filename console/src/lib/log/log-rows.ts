// The row elements of the log view: made once, reused as the log scrolls. They stand in the document
// in reading order, so that selecting and copying text works, and only rows that changed are drawn.
import type { LogLine } from './log-lines';
import { levelOf, renderText, type Search } from './log-row';

export interface RowTexts {
  updates(count: number): string;
  cut(): string;
  /** what to do about a line that is cut */
  cutHint(): string;
}

/** What is marked in the rows. */
export interface Marks {
  search: Search | undefined;
  /** line of the current match, or -1 */
  currentHit: number;
  selected: readonly [from: number, to: number] | undefined;
}

interface Row {
  element: HTMLElement;
  number: HTMLAnchorElement;
  text: HTMLElement;
  index: number;
  line: LogLine | undefined;
  generation: number;
}

export class LogRows {
  private rows: Row[] = [];
  // Grows when every row must be drawn again: another search, another language.
  private generation = 0;

  constructor(
    private readonly content: HTMLElement,
    private readonly texts: RowTexts,
  ) {}

  /** Shows `count` lines from `first` on. */
  draw(
    first: number,
    count: number,
    line: (index: number) => LogLine | undefined,
    marks: Marks,
  ): void {
    this.recycle(first, count);
    this.rows.forEach((row, i) => this.drawRow(row, first + i, line(first + i), marks));
  }

  redrawAll(): void {
    this.generation += 1;
  }

  heights(): number[] {
    return this.rows.map((row) => row.element.offsetHeight);
  }

  /** The line that an element belongs to. */
  indexOf(target: Node): number | undefined {
    return this.rows.find((row) => row.element.contains(target))?.index;
  }

  /** Moves row elements that left at one end to the other, so that those in between stay untouched. */
  private recycle(first: number, count: number): void {
    const shift = first - (this.rows[0]?.index ?? first);
    if (Math.abs(shift) < this.rows.length) {
      for (let i = 0; i < shift; i += 1) this.moveFirstToEnd();
      for (let i = 0; i > shift; i -= 1) this.moveLastToStart();
    }
    while (this.rows.length < count) {
      const row = makeRow();
      this.rows.push(row);
      this.content.append(row.element);
    }
    while (this.rows.length > count) this.rows.pop()?.element.remove();
  }

  private moveFirstToEnd(): void {
    const row = this.rows.shift();
    if (row === undefined) return;
    this.rows.push(row);
    this.content.append(row.element);
  }

  private moveLastToStart(): void {
    const row = this.rows.pop();
    if (row === undefined) return;
    this.rows.unshift(row);
    this.content.prepend(row.element);
  }

  private drawRow(row: Row, index: number, line: LogLine | undefined, marks: Marks): void {
    const { selected } = marks;
    row.element.classList.toggle(
      'sel',
      selected !== undefined && index >= selected[0] && index <= selected[1],
    );
    row.element.classList.toggle('cur', index === marks.currentHit);
    if (row.index === index && row.line === line && row.generation === this.generation) return;
    row.index = index;
    row.line = line;
    row.generation = this.generation;
    row.number.textContent = String(index + 1);
    row.number.href = `#L${index + 1}`;
    const level = line === undefined ? undefined : levelOf(line);
    row.element.classList.toggle('warn', level === 'warn');
    row.element.classList.toggle('error', level === 'error');
    row.element.classList.toggle('absent', line === undefined);
    if (line === undefined) {
      row.text.replaceChildren();
      return;
    }
    renderText(row.text, line.text, marks.search);
    if (line.updates > 0) row.text.append(makeChip('history', this.texts.updates(line.updates)));
    if (line.cut) row.text.append(makeChip('cut', this.texts.cut(), this.texts.cutHint()));
  }
}

function makeRow(): Row {
  const element = document.createElement('div');
  const number = document.createElement('a');
  const text = document.createElement('span');
  element.className = 'log-row';
  number.className = 'log-no';
  // Forty links in a row would stand between the keyboard and the rest of the page.
  number.tabIndex = -1;
  text.className = 'log-text';
  element.append(number, text);
  return { element, number, text, index: -1, line: undefined, generation: -1 };
}

function makeChip(kind: 'history' | 'cut', label: string, hint = ''): HTMLElement {
  const chip = document.createElement(kind === 'history' ? 'button' : 'span');
  chip.className = `log-chip ${kind}`;
  chip.textContent = label;
  chip.title = hint;
  return chip;
}
