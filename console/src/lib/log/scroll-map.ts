// Where a long list of rows stands in its window, as arithmetic. The position is a fraction: 0 shows
// the first row at the top, 1 the last row at the bottom, and in between the point `fraction * rows`
// of the list lies at `fraction * height` of the window. For rows of one height this is ordinary
// scrolling; for wrapped rows it needs no table of heights; and it scales to any number of rows,
// beyond the tallest element a browser can make.

export const ROW = 20;
/** Browsers lose precision or clip somewhat above this. */
export const MAX_HEIGHT = 15_000_000;

export interface Window {
  rows: number;
  /** pixels */
  height: number;
  /** mean height of a row in ROWs; above 1 when rows wrap */
  stretch: number;
}

export interface PlacedRow {
  index: number;
  top: number;
  height: number;
}

/** Height of the scrolled element. */
export function contentHeight(w: Window): number {
  return Math.min(MAX_HEIGHT, Math.ceil(w.rows * ROW * w.stretch));
}

/** Longest way of the scroll bar; 0 when everything fits. */
export function scrollRange(w: Window): number {
  return Math.max(0, contentHeight(w) - w.height);
}

/** Rows that can be on screen at a position; every row is at least ROW high. */
export function visibleRows(w: Window, fraction: number): { first: number; count: number } {
  const first = Math.max(0, Math.floor(topRow(w, fraction)));
  return { first, count: Math.min(w.rows - first, Math.ceil(w.height / ROW) + 1) };
}

/** For rows of one height: the row at the top edge, with its fraction. */
export function topRow(w: Window, fraction: number): number {
  return fraction * Math.max(0, w.rows - w.height / ROW);
}

export function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** The position after scrolling by some pixels. */
export function moved(w: Window, fraction: number, pixels: number): number {
  const range = w.rows * ROW * w.stretch - w.height;
  return range <= 0 ? 0 : clamp(fraction + pixels / range);
}

/** The position at which a row is in the middle, or as near as the ends allow. */
export function positionOf(w: Window, index: number): number {
  if (scrollRange(w) === 0) return 0;
  if (w.stretch > 1) return clamp((index + 0.5) / w.rows);
  const spare = w.rows - w.height / ROW;
  return clamp((index + 0.5 - w.height / ROW / 2) / spare);
}

/**
 * The position that leaves the rows where they are on the screen after the number of rows, the
 * window or the row heights changed. One point of the screen satisfies the rule above; it lies in the
 * row for which the solution is inside the row, or below the rows drawn when the window grew.
 */
export function held(w: Window, placed: readonly PlacedRow[]): number {
  const last = placed[placed.length - 1];
  if (scrollRange(w) === 0 || last === undefined) return 0;
  const solve = (row: PlacedRow) =>
    (row.index * w.height - row.top * w.rows) / (row.height * w.rows - w.height);
  for (const row of placed) {
    const inside = solve(row);
    if (inside >= 0 && inside < 1) return clamp((row.index + inside) / w.rows);
  }
  const below = solve({ index: last.index + 1, top: last.top + last.height, height: ROW });
  return clamp((last.index + 1 + Math.max(0, below)) / w.rows);
}
