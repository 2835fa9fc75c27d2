import { describe, expect, it } from 'vitest';
import { LineAssembler, MAX_LINE, statesOf, type LogLine } from '@/lib/log/log-lines';

function assemble(...pieces: string[]): LogLine[] {
  const assembler = new LineAssembler();
  const lines: LogLine[] = [];
  let open: LogLine | undefined;
  for (const piece of pieces) {
    const fed = assembler.feed(piece);
    lines.push(...fed.finished);
    open = fed.open;
  }
  return open === undefined ? lines : [...lines, open];
}
const texts = (lines: LogLine[]) => lines.map((line) => line.text);

describe('lines of a log', () => {
  it('end with a newline, wherever the pieces are cut', () => {
    expect(texts(assemble('on', 'e\ntw', 'o\n', 'three'))).toEqual(['one', 'two', 'three']);
  });

  it('include empty ones', () => {
    expect(texts(assemble('a\n\n\nb\n'))).toEqual(['a', '', '', 'b']);
  });

  it('take CR LF as one newline, also when it is cut in the middle', () => {
    expect(assemble('a\r\nb\r', '\nc\n')).toEqual([
      { text: 'a', updates: 0, cut: false },
      { text: 'b', updates: 0, cut: false },
      { text: 'c', updates: 0, cut: false },
    ]);
  });

  it('show the last state of a progress bar and count its updates', () => {
    expect(assemble(' 0%\r 50%', '\r100%\nnext')).toEqual([
      { text: '100%', updates: 2, cut: false },
      { text: 'next', updates: 0, cut: false },
    ]);
  });

  it('keep the last state when nothing follows the last return', () => {
    expect(assemble('10%\r20%\r\r\n')).toEqual([{ text: '20%', updates: 1, cut: false }]);
  });

  it('show an open progress bar while it runs', () => {
    expect(assemble('\r10%', '\r20%')).toEqual([{ text: '20%', updates: 2, cut: false }]);
  });

  it('do not treat a return at the very end as an overwrite yet', () => {
    expect(assemble('10%\r')).toEqual([{ text: '10%', updates: 0, cut: false }]);
  });

  it('are cut at 16 KiB and say so, however long they are', () => {
    const [line] = assemble('x'.repeat(MAX_LINE), 'y'.repeat(1_000_000), '\n');
    expect(line).toMatchObject({ cut: true });
    expect(line?.text).toBe('x'.repeat(MAX_LINE));
  });

  it('of a million updates are assembled in no time', () => {
    const started = performance.now();
    const [line] = assemble(...Array.from({ length: 100 }, () => '\r 42%|####'.repeat(10_000)));
    expect(line?.updates).toBe(1_000_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

it('the history of a line is each of its states', () => {
  expect(statesOf('\r0%\r50%\r100%\r\nnext line')).toEqual(['0%', '50%', '100%']);
});
