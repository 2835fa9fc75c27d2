import { describe, expect, it } from 'vitest';
import { encodePath } from '@/lib/code/encode-path';
import { byDay } from '@/lib/code/commit-days';
import { parentOf, pathOf, resolvePath } from '@/lib/code/code-links';
import { parseNotebook } from '@/lib/code/notebook';
import { diffRows } from '@/lib/code/unified-diff';

describe('paths', () => {
  it('are escaped part by part', () => {
    expect(encodePath('docs/损失 曲线#1.png')).toBe(
      `docs/${encodeURIComponent('损失 曲线#1.png')}`,
    );
    expect(parentOf('a/b/c.py')).toBe('a/b');
    expect(parentOf('c.py')).toBe('');
    expect(pathOf(['a', 'b', ''])).toBe('a/b');
    expect(pathOf(undefined)).toBe('');
  });

  it('of links are seen from the folder of their document, and never lead out of the repository', () => {
    expect(resolvePath('docs', '../train.py')).toBe('train.py');
    expect(resolvePath('docs', './a//b.md')).toBe('docs/a/b.md');
    expect(resolvePath('docs', '/train.py')).toBe('train.py');
    expect(resolvePath('docs', '../../etc/passwd')).toBeUndefined();
  });
});

describe('a patch', () => {
  it('becomes rows with the line numbers of both sides', () => {
    const rows = diffRows(
      '--- a/x\n+++ b/x\n@@ -3,3 +3,3 @@ def f():\n same\n-- old\n+++ new\n last\n\\ No newline at end of file\n',
    );
    expect(rows.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['hunk', undefined, undefined],
      ['same', 3, 3],
      ['delete', 4, undefined],
      ['add', undefined, 4],
      ['same', 5, 5],
      ['note', undefined, undefined],
    ]);
    // Lines that look like the heads of files are content within a hunk.
    expect(rows[2]?.text).toBe('- old');
    expect(rows[3]?.text).toBe('++ new');
  });

  it('of nothing has no rows', () => expect(diffRows('')).toEqual([]));
});

describe('a notebook', () => {
  it('is read as cells with outputs that can be shown', () => {
    const notebook = parseNotebook(
      JSON.stringify({
        cells: [
          { cell_type: 'markdown', source: ['# a\n', 'b'] },
          {
            cell_type: 'code',
            execution_count: 3,
            source: 'print(1)',
            outputs: [
              { output_type: 'stream', name: 'stderr', text: ['1\n'] },
              { output_type: 'display_data', data: { 'image/png': 'aGk=\n' } },
              { output_type: 'display_data', data: { 'image/svg+xml': '<svg onload=x>' } },
              { output_type: 'display_data', data: { 'image/png': '"onerror="x' } },
            ],
          },
        ],
      }),
    );
    expect(notebook?.cells[0]).toMatchObject({ kind: 'markdown', text: '# a\nb' });
    expect(notebook?.cells[1]?.count).toBe(3);
    expect(notebook?.cells[1]?.outputs).toEqual([
      { kind: 'text', text: '1\n', bad: true },
      { kind: 'image', url: 'data:image/png;base64,aGk=' },
      { kind: 'hidden', type: 'image/svg+xml' },
      { kind: 'hidden', type: 'image/png' },
    ]);
  });

  it('of the third format is read too, and anything else is none', () => {
    const old = { worksheets: [{ cells: [{ cell_type: 'heading', level: 2, source: 'Old' }] }] };
    expect(parseNotebook(JSON.stringify(old))?.cells[0]?.text).toBe('## Old');
    for (const text of ['', '{}', '[]', 'null', '{"cells": 3}'])
      expect(parseNotebook(text)).toBeUndefined();
  });
});

it('a history is parted by days', () => {
  const commit = (committed_at: string) => ({ committed_at }) as never;
  const days = byDay([
    commit('2026-11-23T10:00:00'),
    commit('2026-11-23T01:00:00'),
    commit('2026-11-22T23:59:00'),
  ]);
  expect(days.map(({ commits }) => commits.length)).toEqual([2, 1]);
});
