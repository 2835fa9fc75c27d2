import { describe, expect, it } from 'vitest';
import { levelOf, matches, renderText } from '@/lib/log/log-row';

function html(text: string, query = '', matchCase = false): string {
  const target = document.createElement('span');
  renderText(target, text, query === '' ? undefined : { query, matchCase });
  return target.innerHTML;
}
const line = (text: string) => ({ text, updates: 0, cut: false });

describe('a line of a log', () => {
  it('shows markup as text', () => {
    expect(html('<img src=x onerror=alert(1)>')).toBe('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('wraps styled parts in spans', () => {
    expect(html('a \x1b[31mb\x1b[0m c')).toBe('a <span class="f1">b</span> c');
  });

  it('marks every match, also across styles', () => {
    expect(html('lo\x1b[1mss=0.8\x1b[0m, loss', 'loss')).toBe(
      '<mark>lo</mark><span class="bo"><mark>ss</mark>=0.8</span>, <mark>loss</mark>',
    );
  });

  it('matches without regard to case unless asked', () => {
    expect(matches('Loss loss', { query: 'LOSS', matchCase: false })).toEqual([
      [0, 4],
      [5, 9],
    ]);
    expect(matches('Loss loss', { query: 'loss', matchCase: true })).toEqual([[5, 9]]);
  });

  it('links web addresses only, and leaves the full stop after one alone', () => {
    const target = document.createElement('span');
    renderText(target, 'see https://example.org/a?b=1. javascript:alert(1)', undefined);
    const links = target.querySelectorAll('a');
    expect(links).toHaveLength(1);
    expect(links[0]?.href).toBe('https://example.org/a?b=1');
    expect(links[0]?.rel).toContain('noopener');
  });

  it('is tinted by its level', () => {
    expect(levelOf(line('2024-01-01 ERROR no such file'))).toBe('error');
    expect(levelOf(line('Traceback (most recent call last):'))).toBe('error');
    expect(levelOf(line('ValueError: bad'))).toBe('error');
    expect(levelOf(line('torch.cuda.OutOfMemoryError: CUDA out of memory'))).toBe('error');
    expect(levelOf(line('\x1b[33mWARNING\x1b[0m slow'))).toBe('warn');
    expect(levelOf(line('error rate 0.1, warn level 3'))).toBeUndefined();
  });
});
