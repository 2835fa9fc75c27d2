import { describe, expect, it } from 'vitest';
import { ApiError, toApiError } from '@/api/errors';
import { launchCommand, shellWord } from '@/lib/launch-command';
import { lineHash, parseLineHash } from '@/lib/log/line-range';
import { folderRows, folderTrail } from '@/lib/output-tree';
import { outputUrl, outputZipUrl } from '@/lib/task-links';
import { canStop, isLive, kindInPath, kindOfPath, lookOf } from '@/lib/task-state';
import { runTime, waitTime } from '@/lib/task-times';

describe('lines in an address', () => {
  it('count from 1 and may be a range, in either order', () => {
    expect(parseLineHash('#L120')).toEqual([119, 119]);
    expect(parseLineHash('#L120-L140')).toEqual([119, 139]);
    expect(parseLineHash('#L140-120')).toEqual([119, 139]);
    expect([0, 1].map((n) => lineHash([4, 4 + n]))).toEqual(['#L5', '#L5-L6']);
  });

  it('are nothing where the address has something else', () => {
    expect(['', '#', '#L0', '#Lx', '#L1-', '#top'].map(parseLineHash)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe('results', () => {
  it('come folders first, numbers in their order', () => {
    const entry = (path: string, dir = false) => ({
      path,
      dir,
      size: 1,
      modified_at: '2026-01-01T00:00:00Z',
    });
    const rows = folderRows([entry('a/e10.pt'), entry('a/e9.pt'), entry('a/z', true)]);
    expect(rows.map((row) => row.name)).toEqual(['z', 'e9.pt', 'e10.pt']);
    expect(folderTrail('a/b')).toEqual([
      { name: 'a', path: 'a' },
      { name: 'b', path: 'a/b' },
    ]);
  });

  it('have addresses with every character escaped but the slashes', () => {
    expect(outputUrl(7, 'a b/损失?.png')).toBe(
      '/api/v2/tasks/7/output/a%20b/%E6%8D%9F%E5%A4%B1%3F.png',
    );
    expect(outputZipUrl(7, '')).toBe('/api/v2/tasks/7/output.zip');
    expect(outputZipUrl(7, 'a&b')).toBe('/api/v2/tasks/7/output.zip?path=a%26b');
  });
});

describe('the command of a task', () => {
  it('quotes what a shell would take apart', () => {
    expect(['plain=1', 'a b', "it's", '$(x)', ''].map(shellWord)).toEqual([
      'plain=1',
      "'a b'",
      "'it'\\''s'",
      "'$(x)'",
      "''",
    ]);
    const params = [{ name: 'note', value: 'a b' }];
    expect(launchCommand({ boot_file: 'train.py', params })).toBe(
      "python train.py \\\n  '--note=a b'",
    );
  });
});

describe('states', () => {
  it('say whether a task goes on, can be stopped, and how it looks', () => {
    expect(isLive('STOPPING')).toBe(true);
    expect(canStop('STOPPING')).toBe(false);
    expect(canStop('WAITING')).toBe(true);
    expect(isLive('CREATED_FAILED')).toBe(false);
    expect(lookOf('CREATED_FAILED')).toBe('bad');
    expect((['train', 'inference'] as const).map(kindInPath).map(kindOfPath)).toEqual([
      'train',
      'inference',
    ]);
  });

  it('have times: waiting until the start, running until the end or now', () => {
    const at = (second: number) => new Date(second * 1000).toISOString();
    const task = { created_at: at(10), started_at: at(15), ended_at: null } as Parameters<
      typeof runTime
    >[0];
    expect([runTime(task, 40_000), waitTime(task, 40_000)]).toEqual([25_000, 5000]);
    expect(runTime({ ...task, ended_at: at(20) }, 40_000)).toBe(5000);
    const never = { ...task, started_at: null, ended_at: at(12) };
    expect([runTime(never, 40_000), waitTime(never, 40_000)]).toEqual([undefined, 2000]);
  });
});

describe('problems', () => {
  it('of the server keep their words, their next step and their fields', () => {
    const problem = ApiError.from(422, {
      code: 'invalid',
      detail: '名称不对',
      next: '换一个',
      request_id: 'r1',
      problems: [{ field: 'name', code: 'x', message: '太长' }],
    });
    expect([problem.message, problem.next, problem.requestId]).toEqual([
      '名称不对',
      '换一个',
      'r1',
    ]);
    expect(problem.fields.get('name')).toBe('太长');
  });

  it('without an answer say that the server cannot be reached', () => {
    expect(toApiError(new TypeError('Failed to fetch')).code).toBe('unreachable');
    expect(ApiError.from(502, '<html>').message).toBe('服务器返回了意外的响应（502）');
  });
});
