// Draws the part of a log that is on the screen: a fixed set of rows in a layer that stays put while
// the page under it scrolls. No framework: a log may grow by ten thousand lines a second.
import type { LogLine } from './log-lines';
import type { Search } from './log-row';
import { LogRows, type Marks, type RowTexts } from './log-rows';
import {
  clamp,
  contentHeight,
  held,
  moved,
  positionOf,
  ROW,
  scrollRange,
  topRow,
  visibleRows,
  type PlacedRow,
  type Window,
} from './scroll-map';

/** What the view shows. */
export interface LineList {
  readonly lines: number;
  line(index: number): LogLine | undefined;
  look(first: number, last: number): void;
}

export interface ViewEvents {
  /** somebody scrolled down to the last line */
  reachedEnd(): void;
  followChanged(follow: boolean): void;
  lineClicked(index: number, extend: boolean): void;
  historyAsked(index: number): void;
}

export class LogView {
  private readonly spacer = document.createElement('div');
  private readonly layer = document.createElement('div');
  private readonly content = document.createElement('div');
  private readonly observer: ResizeObserver;
  private readonly rows: LogRows;
  private fraction = 0;
  private window: Window = { rows: 0, height: 0, stretch: 1 };
  private placed: PlacedRow[] = [];
  private frame = 0;
  private expectedTop = 0;
  private widest = 0;
  private following = false;
  private wrapped = false;
  private marks: Marks = { search: undefined, currentHit: -1, selected: undefined };

  constructor(
    private readonly host: HTMLElement,
    private readonly list: LineList,
    private readonly events: ViewEvents,
    texts: RowTexts,
  ) {
    this.rows = new LogRows(this.content, texts);
    this.spacer.className = 'log-spacer';
    this.layer.className = 'log-layer';
    this.content.className = 'log-content';
    this.layer.append(this.content);
    this.spacer.append(this.layer);
    host.append(this.spacer);
    host.addEventListener('scroll', this.onScroll, { passive: true });
    host.addEventListener('wheel', this.onWheel, { passive: false });
    host.addEventListener('keydown', this.onKey);
    host.addEventListener('click', this.onClick);
    document.addEventListener('selectionchange', this.onSelection);
    this.observer = new ResizeObserver(() => this.refresh());
    this.observer.observe(host);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    document.removeEventListener('selectionchange', this.onSelection);
    this.host.replaceChildren();
  }

  /** Draws at the next frame; cheap to call often. */
  refresh(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  get follow(): boolean {
    return this.following;
  }

  /** Stays at the end while the log grows, until somebody scrolls up. */
  setFollow(follow: boolean): void {
    if (this.following === follow) return;
    this.following = follow;
    this.events.followChanged(follow);
    this.refresh();
  }

  setWrap(wrap: boolean): void {
    this.wrapped = wrap;
    this.host.classList.toggle('wrap', wrap);
    this.widest = 0;
    const middle = this.placed[Math.floor(this.placed.length / 2)];
    this.measureWindow();
    if (middle !== undefined && !this.following)
      this.fraction = positionOf(this.window, middle.index);
    this.placed = [];
    this.redraw();
  }

  setSearch(search: Search | undefined, currentHit: number): void {
    this.marks = { ...this.marks, search, currentHit };
    this.redraw();
  }

  select(range: readonly [number, number] | undefined): void {
    this.marks = { ...this.marks, selected: range };
    this.refresh();
  }

  /** Draws every row anew, such as after a change of language. */
  redraw(): void {
    this.rows.redrawAll();
    this.refresh();
  }

  show(index: number): void {
    this.setFollow(false);
    this.measureWindow();
    this.fraction = positionOf(this.window, index);
    this.placed = [];
    this.refresh();
  }

  firstVisible(): number {
    return this.placed.find((row) => row.top + row.height > 0)?.index ?? 0;
  }

  private measureWindow(): void {
    this.window = { ...this.window, rows: this.list.lines, height: this.host.clientHeight };
    if (!this.wrapped) this.window.stretch = 1;
  }

  private draw(): void {
    const before = this.window;
    this.measureWindow();
    if (this.window.height === 0) return;
    const changed = before.rows !== this.window.rows || before.height !== this.window.height;
    if (changed && !this.following && this.placed.length > 0)
      this.fraction = held(this.window, this.placed);
    if (this.following) this.fraction = 1;
    if (scrollRange(this.window) === 0) this.fraction = 0;

    const { first, count } = visibleRows(this.window, this.fraction);
    this.rows.draw(first, count, (index) => this.list.line(index), this.marks);
    this.list.look(first, first + count - 1);
    this.place(first, count);
    this.syncScrollBar();
  }

  private place(first: number, count: number): void {
    if (this.wrapped) {
      this.placeWrapped(first);
      return;
    }
    const offset = first - topRow(this.window, this.fraction);
    this.content.style.transform = `translateY(${offset * ROW}px)`;
    this.placed = Array.from({ length: count }, (_, i) => {
      return { index: first + i, top: (offset + i) * ROW, height: ROW };
    });
    // The widest line seen so far keeps the horizontal scroll bar steady.
    const width = this.content.offsetWidth;
    if (width > this.widest) {
      this.widest = width;
      this.spacer.style.minWidth = `${width}px`;
    }
  }

  private placeWrapped(first: number): void {
    this.spacer.style.minWidth = '';
    const heights = this.rows.heights();
    const total = heights.reduce((sum, height) => sum + height, 0);
    this.restretch(total / Math.max(1, heights.length) / ROW);
    const point = this.fraction * this.window.rows;
    const at = Math.min(Math.floor(point), this.window.rows - 1);
    const above = heights.slice(0, at - first).reduce((sum, height) => sum + height, 0);
    const into = (point - at) * (heights[at - first] ?? ROW);
    let top = this.fraction * this.window.height - above - into;
    if (first === 0 && total <= this.window.height) top = 0;
    this.content.style.transform = `translateY(${top}px)`;
    this.placed = heights.map((height, i) => {
      const placed = { index: first + i, top, height };
      top += height;
      return placed;
    });
  }

  /** The mean row height follows what is seen, but not every small change: the bar would tremble. */
  private restretch(seen: number): void {
    const { stretch } = this.window;
    if (seen > stretch * 1.25 || seen < stretch / 1.5) this.window.stretch = Math.max(1, seen);
  }

  private syncScrollBar(): void {
    this.spacer.style.height = `${contentHeight(this.window)}px`;
    // As high as the window, no more: a taller layer could not stay in place at the end.
    this.layer.style.height = `${this.window.height}px`;
    const top = this.fraction * scrollRange(this.window);
    if (Math.abs(this.host.scrollTop - top) > 1) this.host.scrollTop = top;
    this.expectedTop = this.host.scrollTop;
  }

  private moveTo(fraction: number): void {
    if (fraction < this.fraction) this.setFollow(false);
    const down = fraction > this.fraction;
    this.fraction = fraction;
    this.placed = [];
    this.refresh();
    if (down && fraction > 1 - 1e-9) this.events.reachedEnd();
  }

  private readonly onScroll = (): void => {
    const top = this.host.scrollTop;
    // Our own setting of the scroll bar comes back as an event; only a person's is acted on.
    if (Math.abs(top - this.expectedTop) <= 1) return;
    this.expectedTop = top;
    const range = scrollRange(this.window);
    this.moveTo(range === 0 ? 0 : clamp(top / range));
  };

  /** Above the tallest element one pixel of the bar is many rows; the wheel still moves by its pixels. */
  private readonly onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.deltaY === 0) return;
    if (event.deltaY < 0) this.setFollow(false);
    if (this.window.rows * ROW * this.window.stretch <= contentHeight(this.window) + 1) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * ROW : event.deltaY;
    this.moveTo(moved(this.window, this.fraction, pixels));
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target !== this.host) return;
    const page = this.window.height - 2 * ROW;
    const steps: Record<string, number> = {
      ArrowUp: -ROW,
      ArrowDown: ROW,
      PageUp: -page,
      PageDown: page,
      ' ': event.shiftKey ? -page : page,
    };
    const step = steps[event.key];
    if (step !== undefined) this.moveTo(moved(this.window, this.fraction, step));
    else if (event.key === 'Home') this.moveTo(0);
    else if (event.key === 'End') this.moveTo(1);
    else return;
    event.preventDefault();
  };

  private readonly onClick = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const index = this.rows.indexOf(target);
    if (index === undefined) return;
    if (target.closest('.log-no') !== null) {
      event.preventDefault();
      this.setFollow(false);
      this.events.lineClicked(index, event.shiftKey);
    } else if (target.closest('.log-chip.history') !== null) {
      this.events.historyAsked(index);
    }
  };

  /** Text that is being selected must not run away. */
  private readonly onSelection = (): void => {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed) return;
    if (this.host.contains(selection.anchorNode)) this.setFollow(false);
  };
}
