import { describe, expect, it } from 'vitest';
import { LogSearch, type SearchAll } from '@/lib/log/log-search';

const line = (text: string) => ({ text, updates: 0, cut: false });
const wanted = { query: 'x', matchCase: false };
/** A server that finds what it is told, when it is told. */
function server() {
  let hits: (indexes: number[]) => void = () => undefined;
  let finish: () => void = () => undefined;
  const all: SearchAll = (_search, found) => {
    hits = found;
    return new Promise((resolve) => (finish = resolve));
  };
  return { all, hits: (...indexes: number[]) => hits(indexes), finish: () => finish() };
}

describe('a search in a log', () => {
  it('starts at the first match from where one looks, and walks around the ends', async () => {
    const found = server();
    const search = new LogSearch(found.all, () => undefined);
    const done = search.start(wanted, 50);
    found.hits(10, 20);
    expect(search.current).toBe(-1);
    found.hits(60, 70);
    expect(search.current).toBe(60);
    found.finish();
    await done;
    search.step(1);
    search.step(1);
    expect(search.current).toBe(10);
    search.step(-1);
    expect(search.current).toBe(70);
  });

  it('takes the last match when none is below', async () => {
    const found = server();
    const search = new LogSearch(found.all, () => undefined);
    const done = search.start(wanted, 500);
    found.hits(10, 20);
    found.finish();
    await done;
    expect(search.current).toBe(20);
  });

  it('counts a line once that is found by the server and arrives live', async () => {
    const found = server();
    const search = new LogSearch(found.all, () => undefined);
    const done = search.start(wanted, 0);
    search.take(100, [line('x'), line('-'), line('x')]);
    found.hits(5, 100);
    found.finish();
    await done;
    expect(search.hits).toEqual([5, 100, 102]);
    search.take(103, [line('an \x1b[31mX\x1b[0m')]);
    expect(search.hits).toEqual([5, 100, 102, 103]);
  });

  it('forgets an older one that answers late', async () => {
    const [first, second] = [server(), server()];
    let use = first.all;
    const search = new LogSearch(
      (...args) => use(...args),
      () => undefined,
    );
    void search.start(wanted, 0);
    use = second.all;
    const done = search.start({ query: 'y', matchCase: false }, 0);
    first.hits(1, 2, 3);
    first.finish();
    second.hits(7);
    second.finish();
    await done;
    expect(search.hits).toEqual([7]);
  });

  it('keeps an error to be shown', async () => {
    const search = new LogSearch(
      () => Promise.reject(new Error('down')),
      () => undefined,
    );
    await search.start(wanted, 0);
    expect(search.error).toEqual(new Error('down'));
    expect(search.searching).toBe(false);
  });
});
