import { describe, expect, it, vi } from 'vitest';
import { BLOCK_LINES, LogStore, type LogSource, type PlacedLine } from '@/lib/log/log-store';

/** A log of `count` lines of ten bytes, which remembers what was asked of it. */
function source(count: number, complete = false) {
  const asked: number[] = [];
  const lines = Array.from({ length: count }, (_, i): PlacedLine => {
    return { text: `line ${i}`, updates: 0, cut: false, offset: i * 10 };
  });
  const log: LogSource = {
    info: async () => ({ lines: lines.length, bytes: lines.length * 10, complete }),
    lines: async (from, wanted) => {
      asked.push(from);
      return lines.slice(from, from + wanted);
    },
  };
  return { log, asked, lines };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the log store', () => {
  it('opens at the end with two requests, however long the log is', async () => {
    const { log, asked } = source(100_000);
    const store = new LogStore(log, () => undefined);
    expect(await store.open()).toBe(999_990);
    expect(store.lines).toBe(100_000);
    expect(store.line(99_999)?.text).toBe('line 99999');
    expect(asked).toEqual([Math.floor(99_999 / BLOCK_LINES) * BLOCK_LINES]);
  });

  it('fetches a block once when a line of it is asked for, and says when it is there', async () => {
    const { log, asked } = source(5000);
    let changes = 0;
    const store = new LogStore(log, () => (changes += 1));
    await store.open();
    const before = changes;
    expect(store.line(700)).toBeUndefined();
    expect(store.line(701)).toBeUndefined();
    await settled();
    expect(store.line(700)?.text).toBe('line 700');
    expect(changes).toBe(before + 1);
    expect(asked.filter((from) => from === BLOCK_LINES)).toHaveLength(1);
  });

  it('reads the last line again from its start, so live text continues it without a seam', async () => {
    const { log } = source(3);
    const store = new LogStore(log, () => undefined);
    const offset = await store.open();
    expect(offset).toBe(20);
    store.append('line 2, now longer', 38);
    expect(store.lines).toBe(3);
    expect(store.line(2)?.text).toBe('line 2, now longer');
    const { from, finished } = store.append('\nline 3\nline', 50);
    expect([from, finished.length]).toEqual([2, 2]);
    expect([2, 3, 4].map((i) => store.line(i)?.text)).toEqual([
      'line 2, now longer',
      'line 3',
      'line',
    ]);
    expect(store.bytes).toBe(50);
  });

  it('starts with an empty log', async () => {
    const { log } = source(0);
    const store = new LogStore(log, () => undefined);
    expect(await store.open()).toBe(0);
    store.append('hello\n', 6);
    expect([store.lines, store.line(0)?.text]).toEqual([1, 'hello']);
  });

  it('takes lines that were written between its two requests', async () => {
    const { log, lines } = source(600);
    const info = await log.info();
    for (let i = 600; i < 1100; i += 1)
      lines.push({ text: `line ${i}`, updates: 0, cut: false, offset: i * 10 });
    const store = new LogStore({ ...log, info: async () => info }, () => undefined);
    expect(await store.open()).toBe(10_990);
    expect([store.lines, store.line(1099)?.text, store.line(1024)?.text]).toEqual([
      1100,
      'line 1099',
      'line 1024',
    ]);
  });

  it('holds 64 blocks at most, but never drops the one that grows', async () => {
    const { log, asked } = source(100 * BLOCK_LINES);
    const store = new LogStore(log, () => undefined);
    await store.open();
    for (let block = 0; block < 80; block += 1) {
      store.line(block * BLOCK_LINES);
      await settled();
    }
    store.append('the end\n', 1e9);
    expect(store.line(100 * BLOCK_LINES - 1)?.text).toBe('the end');
    asked.length = 0;
    store.line(0);
    expect(asked).toEqual([0]);
  });

  it('holds fewer blocks when their lines are long', async () => {
    const { log, asked, lines } = source(20 * BLOCK_LINES);
    lines.forEach((line) => (line.text = 'x'.repeat(4096)));
    const store = new LogStore(log, () => undefined);
    await store.open();
    for (let block = 0; block < 20; block += 1) {
      store.line(block * BLOCK_LINES);
      await settled();
      store.look(block * BLOCK_LINES, block * BLOCK_LINES);
    }
    asked.length = 0;
    for (let block = 0; block < 20; block += 1) store.line(block * BLOCK_LINES);
    // 2 MiB a block: eight fit.
    expect(asked.length).toBeGreaterThanOrEqual(12);
  });

  it('starts over when it is opened again, and drops an answer of before', async () => {
    const { log, lines } = source(2000);
    const store = new LogStore(log, () => undefined);
    await store.open();
    store.line(0);
    lines.splice(0, 2000, { text: 'second attempt', updates: 0, cut: false, offset: 0 });
    await store.open();
    await settled();
    expect([store.lines, store.line(0)?.text]).toEqual([1, 'second attempt']);
  });

  it('keeps what is on the screen while thousands of lines a second arrive', async () => {
    const { log, asked } = source(10 * BLOCK_LINES);
    const store = new LogStore(log, () => undefined);
    await store.open();
    store.line(0);
    await settled();
    for (let i = 0; i < 200; i += 1) {
      store.look(0, 40);
      store.append('x\n'.repeat(BLOCK_LINES), 0);
    }
    asked.length = 0;
    expect(store.line(0)?.text).toBe('line 0');
    expect(asked).toEqual([]);
  });

  it('tells when a block cannot be fetched, and asks again after a while, not at every look', async () => {
    vi.useFakeTimers();
    const { log } = source(5000);
    const errors: unknown[] = [];
    let down = false;
    const flaky: LogSource = {
      ...log,
      lines: (from, count) => (down ? Promise.reject(new Error('down')) : log.lines(from, count)),
    };
    const store = new LogStore(
      flaky,
      () => undefined,
      (error) => errors.push(error),
    );
    await store.open();
    down = true;
    for (let frame = 0; frame < 10; frame += 1) {
      store.line(0);
      await vi.advanceTimersByTimeAsync(16);
    }
    expect(errors).toHaveLength(1);
    down = false;
    await vi.advanceTimersByTimeAsync(2000);
    store.line(0);
    await vi.advanceTimersByTimeAsync(16);
    expect(store.line(0)?.text).toBe('line 0');
    vi.useRealTimers();
  });
});
