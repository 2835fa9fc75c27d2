import { describe, expect, it } from 'vitest';
import {
  contentHeight,
  held,
  MAX_HEIGHT,
  moved,
  positionOf,
  ROW,
  scrollRange,
  topRow,
  visibleRows,
} from '@/lib/log/scroll-map';

const window = (rows: number, height = 600, stretch = 1) => ({ rows, height, stretch });
/** Where rows of one height stand on the screen. */
const placed = (w: ReturnType<typeof window>, fraction: number) => {
  const { first, count } = visibleRows(w, fraction);
  const offset = first - topRow(w, fraction);
  return Array.from({ length: count }, (_, i) => ({
    index: first + i,
    top: (offset + i) * ROW,
    height: ROW,
  }));
};

describe('the scroll map', () => {
  it('is ordinary scrolling for rows of one height', () => {
    const w = window(1000);
    expect([contentHeight(w), scrollRange(w)]).toEqual([20_000, 19_400]);
    expect(topRow(w, 400 / 19_400)).toBeCloseTo(20);
    expect(visibleRows(w, 0)).toEqual({ first: 0, count: 31 });
    expect(visibleRows(w, 1)).toEqual({ first: 970, count: 30 });
  });

  it('shows everything at the top when it fits', () => {
    expect(scrollRange(window(5))).toBe(0);
    expect(visibleRows(window(5), 0)).toEqual({ first: 0, count: 5 });
    expect(positionOf(window(5), 3)).toBe(0);
    expect(moved(window(5), 0, 100)).toBe(0);
  });

  it('reaches every one of a hundred million rows', () => {
    const w = window(100_000_000);
    expect(contentHeight(w)).toBe(MAX_HEIGHT);
    for (const row of [0, 49_999_999, 77_777_777, 99_999_998]) {
      const { first, count } = visibleRows(w, positionOf(w, row));
      expect(row).toBeGreaterThanOrEqual(first);
      expect(row).toBeLessThan(first + count);
    }
  });

  it('moves by pixels, at any number of rows', () => {
    const w = window(100_000_000);
    const start = positionOf(w, 50_000_000);
    expect(topRow(w, moved(w, start, 3 * ROW)) - topRow(w, start)).toBeCloseTo(3, 3);
  });

  it('holds the rows still when the log grows', () => {
    const before = window(1000);
    const rows = placed(before, 0.37);
    const after = window(250_000);
    const again = placed(after, held(after, rows));
    expect(again[0]?.index).toBe(rows[0]?.index);
    expect(again[0]?.top).toBeCloseTo(rows[0]?.top ?? 0, 3);
  });

  it('holds wrapped rows still when the log grows', () => {
    const heights = [20, 60, 20, 20, 200, 20, 40, 20, 20, 20, 20, 20, 60, 20, 20, 40, 20];
    let top = -30;
    const rows = heights.map((height, i) => {
      const row = { index: 400 + i, top, height };
      top += height;
      return row;
    });
    const after = window(5000, 600, 2);
    const fraction = held(after, rows);
    // The row under the fraction's point of the window must be the one that stood there.
    const point = fraction * after.rows;
    const row = rows.find((candidate) => candidate.index === Math.floor(point));
    expect(row).toBeDefined();
    const y = (row?.top ?? 0) + (point - Math.floor(point)) * (row?.height ?? 0);
    expect(y).toBeCloseTo(fraction * after.height, 6);
  });

  it('holds the rows still when the window changes its height', () => {
    const rows = placed(window(1000, 600), 0.8);
    const taller = window(1000, 800);
    const again = placed(taller, held(taller, rows));
    const same = again.find((row) => row.index === rows[3]?.index);
    expect(same?.top).toBeCloseTo(rows[3]?.top ?? 0, 3);
  });
});
