import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage, t, word } from '@/i18n';
import { en } from '@/i18n/en';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatNumber,
  formatRelative,
} from '@/i18n/format';
import { zh, type Key } from '@/i18n/zh';

afterEach(() => setLanguage('zh'));

describe('words', () => {
  it('follow the language, with the same names to fill in', async () => {
    expect(t('task.train')).toBe('训练任务');
    await setLanguage('en');
    expect(t('task.train')).toBe('Training tasks');
    expect(document.documentElement.lang).toBe('en');
    const names = (text: string) =>
      [...new Set(text.match(/\{\w+\}/g) ?? [])].sort((a, b) => a.localeCompare(b));
    for (const key of Object.keys(zh) as Key[])
      expect([key, names(en[key])]).toEqual([key, names(zh[key])]);
  });

  it('take the form that a number asks for, and group its digits', async () => {
    expect(t('log.updates', { n: 1250 })).toBe('1,250 次更新');
    await setLanguage('en');
    expect(t('log.updates', { n: 1 })).toBe('1 update');
    expect(t('log.updates', { n: 1250 })).toBe('1,250 updates');
  });

  it('leave text from elsewhere as it is', () => {
    expect(t('detail.stop.title', { name: '{n}|$&' })).toBe('停止任务 {n}|$&？');
    expect(word('compute', 'npu')).toBe('Ascend NPU');
    expect(word('compute', 'dcu')).toBe('dcu');
  });

  it('of the training task documentation are used letter for letter', () => {
    const documented = [
      '训练任务',
      '推理任务',
      '新建训练任务',
      '云脑',
      '基本信息',
      '参数信息',
      '算力集群',
      '计算资源',
    ];
    documented.push(
      '任务名称',
      '任务描述',
      '代码分支',
      '模型选择',
      '镜像',
      '数据集',
      '运行参数',
      '资源规格',
      'AI引擎',
    );
    documented.push('训练简况', '日志', '启智', '智算');
    const used: string[] = Object.values(zh);
    for (const text of documented) expect(used).toContain(text);
  });
});

describe('figures', () => {
  it('are sizes in powers of 1024', () => {
    expect([0, 512, 1536, 101_000_000, 2 ** 40].map((n) => formatBytes(n))).toEqual([
      '0 B',
      '512 B',
      '1.5 KB',
      '96.3 MB',
      '1 TB',
    ]);
    expect(formatNumber(1203438)).toBe('1,203,438');
  });

  it('are durations in their two largest units', () => {
    const seconds = [0.04, 41, 372, 5040, 86_400, 273_600].map((s) => formatDuration(s * 1000));
    expect(seconds).toEqual(['40ms', '41s', '6m 12s', '1h 24m', '1d', '3d 4h']);
  });

  it('are ages in words, until a date says more', async () => {
    const now = Date.parse('2026-03-10T12:00:00Z');
    const ago = (ms: number) => formatRelative(new Date(now - ms).toISOString(), now);
    expect([5_000, 180_000, 7_200_000, 86_400_000].map(ago)).toEqual([
      '现在',
      '3分钟前',
      '2小时前',
      '昨天',
    ]);
    await setLanguage('en');
    expect([180_000, 86_400_000, 30 * 86_400_000].map(ago)).toEqual([
      '3 min ago',
      'yesterday',
      '8 Feb 2026',
    ]);
  });

  it('are times of today without the date', () => {
    const now = new Date(2026, 2, 10, 23, 0, 0).getTime();
    expect(formatClock(new Date(2026, 2, 10, 9, 5, 7).toISOString(), now)).toBe('09:05:07');
    expect(formatClock(new Date(2026, 2, 9, 9, 5, 7).toISOString(), now)).toContain('3月9日');
  });
});
