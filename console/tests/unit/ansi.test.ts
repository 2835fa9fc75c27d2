import { describe, expect, it } from 'vitest';
import { parseAnsi, readable, stripAnsi } from '@/lib/log/ansi';

const ESC = '\x1b';
const plain = (line: string) => parseAnsi(line).map((s) => [s.text, s.classes]);

describe('ANSI sequences', () => {
  it('leaves text without sequences in one piece', () => {
    expect(parseAnsi('loss=0.84 中文')).toEqual([
      { text: 'loss=0.84 中文', classes: '', color: undefined, background: undefined },
    ]);
  });

  it('gives the sixteen colours and the styles as classes', () => {
    expect(plain(`${ESC}[1;31mbad${ESC}[0m ok ${ESC}[92mbright${ESC}[39;44m!`)).toEqual([
      ['bad', 'bo f1'],
      [' ok ', ''],
      ['bright', 'f10'],
      ['!', 'b4'],
    ]);
  });

  it('knows the 256 colours and 24-bit colours, with semicolons and with colons', () => {
    expect(parseAnsi(`${ESC}[38;5;208mx`)[0]?.color).toBe('#ff8700');
    expect(parseAnsi(`${ESC}[38;5;250mx`)[0]?.color).toBe('#bcbcbc');
    expect(parseAnsi(`${ESC}[38;5;9mx`)[0]?.classes).toBe('f9');
    expect(parseAnsi(`${ESC}[38;2;255;200;10mx`)[0]?.color).toBe('#ffc80a');
    expect(parseAnsi(`${ESC}[38:2::255:200:10mx`)[0]?.color).toBe('#ffc80a');
    expect(parseAnsi(`${ESC}[48;2;1;2;3;1mx`)[0]).toMatchObject({
      background: '#010203',
      classes: 'bo',
    });
  });

  it('swaps the colours for inverse text', () => {
    expect(parseAnsi(`${ESC}[7;31mx`)[0]).toMatchObject({
      classes: 'inv b1',
      color: 'var(--t-bg)',
    });
  });

  it('drops every other sequence: cursor, erase, title, hyperlink, bell, and one that is cut off', () => {
    const line = `${ESC}[2K${ESC}[1Ga${ESC}]0;title\x07b${ESC}]8;;http://x${ESC}\\c${ESC}(Bd\x07\x08e${ESC}[3`;
    expect(stripAnsi(line)).toBe('abcde');
    expect(
      plain(line)
        .map(([text]) => text)
        .join(''),
    ).toBe('abcde');
  });

  it('keeps tabs', () => {
    expect(stripAnsi('a\tb')).toBe('a\tb');
  });

  it('lifts a dark colour until it can be read, and leaves a light one', () => {
    expect(readable('#000080')).not.toBe('#000080');
    expect(readable('#ffc80a')).toBe('#ffc80a');
  });
});
