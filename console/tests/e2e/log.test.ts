import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { GrowingLog } from '../fixtures/mock-log';
import { useSuite } from '../fixtures/suite';
import type { MockTask } from '../fixtures/mock-world';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));

let made = 0;
/** A running task whose log is `text`. */
function running(text = ''): MockTask & { log: GrowingLog } {
  made += 1;
  const task = suite.mock.world.addTask({
    name: `log-${made}`,
    state: 'RUNNING',
    age: 60_000,
    ran: 40_000,
  });
  (task.log as GrowingLog).append(text);
  return task as MockTask & { log: GrowingLog };
}
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');
const openLog = (task: MockTask, hash = '') => suite.open(suite.taskPath(task, 'log') + hash);

/** Text of the rows that can be seen. */
function visible(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const box = document.querySelector('.log-scroll')?.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLElement>('.log-row')]
      .filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return box !== undefined && bottom > box.top + 1 && top < box.bottom - 1;
      })
      .map((row) => row.querySelector('.log-text')?.textContent ?? '');
  });
}
/** Turns the wheel by `pixels` and resolves once the browser's smooth scrolling has come to rest. */
async function wheelTo(page: Page, pixels: number): Promise<void> {
  await page.evaluate(() => {
    const box = document.querySelector('.log-scroll') as HTMLElement;
    box.addEventListener('scrollend', () => (box.dataset.rests = ''), { once: true });
  });
  await page.mouse.wheel(0, pixels);
  await page.locator('.log-scroll[data-rests]').waitFor();
}
const last = async (page: Page) => (await visible(page)).at(-1);
const first = async (page: Page) => (await visible(page)).at(0);

describe('following', () => {
  it('shows the end and stays there while the log grows', async () => {
    const task = running(numbered(2000));
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('line 2000');
    task.log.append('one more\n');
    await expect.poll(() => last(page)).toBe('one more');
    task.log.append('half a ');
    await expect.poll(() => last(page)).toBe('half a ');
    task.log.append('line\n');
    await expect.poll(() => last(page)).toBe('half a line');
    await page.close();
  });

  it('stops when somebody scrolls up, holds the text still, and says how much is new', async () => {
    const task = running(numbered(2000));
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('line 2000');
    await page.locator('.log-scroll').hover();
    await wheelTo(page, -4000);
    await page.getByRole('button', { name: '跟随', exact: true }).waitFor();
    const before = await visible(page);
    task.log.append(numbered(3000));
    await page.getByRole('button', { name: '3,000 行新日志' }).waitFor();
    expect(await visible(page)).toEqual(before);
    await page.getByRole('button', { name: '3,000 行新日志' }).click();
    await expect.poll(() => last(page)).toBe('line 3000');
    await page.close();
  });

  it('keeps up with ten thousand lines in a burst', async () => {
    const task = running(numbered(10));
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('line 10');
    for (let i = 0; i < 100; i += 1) task.log.append(numbered(100));
    task.log.append('done\n');
    await expect.poll(() => last(page)).toBe('done');
    await page.getByText('10,011 行').waitFor();
    await page.close();
  });

  it('ends when the task does', async () => {
    const task = running(numbered(3));
    const page = await openLog(task);
    await page.getByText('实时').waitFor();
    task.log.append('the end\n');
    suite.mock.world.finish(task, 'SUCCEEDED');
    await page.locator('.foot').getByText('已结束').waitFor();
    await page.locator('header').getByText('成功').waitFor();
    expect(await last(page)).toBe('the end');
    expect(await page.title()).toBe(`成功 · ${task.task.name}`);
    await page.close();
  });

  it('loses and repeats nothing when the connection is lost', async () => {
    const task = running(numbered(50));
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('line 50');
    suite.mock.down();
    task.log.append('while away 1\nwhile away 2\nhalf');
    await page.getByText('连接已断开，正在重连').waitFor();
    await suite.mock.up();
    task.log.append(' whole\n');
    await expect.poll(() => last(page), { timeout: 20_000 }).toBe('half whole');
    const rows = await visible(page);
    expect(rows.slice(-4)).toEqual(['line 50', 'while away 1', 'while away 2', 'half whole']);
    await page.close();
  });
});

it('a task that is started once more shows its new log', async () => {
  const task = running(numbered(1000));
  const page = await openLog(task);
  await expect.poll(() => last(page)).toBe('line 1000');
  task.log.replace('second attempt\n');
  task.task = { ...task.task, attempt: 2 };
  suite.mock.world.setState(task, 'RUNNING');
  await expect.poll(() => visible(page)).toEqual(['second attempt']);
  task.log.append('goes on\n');
  await expect.poll(() => last(page)).toBe('goes on');
  await page.close();
});

describe('lines', () => {
  it('of a progress bar are one line with a history', async () => {
    const bar = Array.from(
      { length: 40 },
      (_, i) => `\r${i + 1}/40 \x1b[32m${'#'.repeat(i)}\x1b[0m`,
    ).join('');
    const task = running(`start\n${bar}\nend\n`);
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('end');
    expect((await visible(page)).slice(0, 3).map((text) => text.slice(0, 5))).toEqual([
      'start',
      '40/40',
      'end',
    ]);
    await page.getByRole('button', { name: '40 次更新' }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.locator('li').count()).toBe(40);
    expect(await dialog.locator('li').nth(6).innerText()).toContain('7/40 ######');
    await page.close();
  });

  it('show colours by class and never as markup', async () => {
    const task = running('\x1b[31mred\x1b[0m <b>bold?</b> <script>window.hacked = true</script>\n');
    const page = await openLog(task);
    await page.locator('.log-row .f1', { hasText: 'red' }).waitFor();
    expect(await last(page)).toContain('<b>bold?</b> <script>');
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await page.close();
  });

  it('have addresses: one is chosen by a click, a range with shift, both open again', async () => {
    const task = running(numbered(5000));
    const page = await openLog(task, '#L1200-L1203');
    await expect.poll(() => page.locator('.log-row.sel').allInnerTexts()).toHaveLength(4);
    await expect.poll(() => visible(page)).toContain('line 1200');
    await page.getByText('已选 4 行').waitFor();
    await page.locator('.log-no', { hasText: /^1205$/ }).click();
    await expect.poll(() => new URL(page.url()).hash).toBe('#L1205');
    await page.locator('.log-no', { hasText: /^1208$/ }).click({ modifiers: ['Shift'] });
    await expect.poll(() => new URL(page.url()).hash).toBe('#L1205-L1208');
    await suite.browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: '复制所选行', exact: true }).click();
    await page.getByText('已复制').first().waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe('line 1205\nline 1206\nline 1207\nline 1208\n');
    await page.close();
  });

  it('wrap on demand, and the end of the log can still be reached', async () => {
    const task = running(`${'long '.repeat(2000)}\n${numbered(200)}${'wide '.repeat(2000)}LAST\n`);
    const page = await openLog(task);
    await page.getByRole('button', { name: '自动换行' }).click();
    await expect.poll(async () => (await last(page))?.endsWith('LAST')).toBe(true);
    const inside = () =>
      page.evaluate(() => {
        const box = document.querySelector('.log-scroll')?.getBoundingClientRect();
        const rows = document.querySelectorAll('.log-row');
        const row = rows[rows.length - 1]?.getBoundingClientRect();
        return Math.abs((row?.bottom ?? 0) - (box?.bottom ?? 99));
      });
    await expect.poll(inside).toBeLessThan(2);
    await page.locator('.log-scroll').focus();
    await page.keyboard.press('Home');
    await expect.poll(async () => (await first(page))?.startsWith('long')).toBe(true);
    await page.close();
  });

  it('can be selected and copied in reading order after scrolling', async () => {
    const task = running(numbered(5000));
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('line 5000');
    await page.locator('.log-scroll').hover();
    for (let i = 0; i < 7; i += 1) await page.mouse.wheel(0, -333);
    await page.getByRole('button', { name: '跟随', exact: true }).waitFor();
    const numbers = (await visible(page)).map((text) => Number(text.slice(5)));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
    const order = await page.evaluate(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('.log-content') as Node);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      return getSelection()?.toString();
    });
    const copied = (order ?? '')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => Number(text.replace(/^.*line /, '')));
    expect(copied).toEqual([...copied].sort((a, b) => a - b));
    await page.close();
  });
});

describe('search', () => {
  it('finds every line, walks through them, and goes on while the task runs', async () => {
    const task = running(
      Array.from(
        { length: 3000 },
        (_, i) => `${i % 100 === 50 ? 'needle' : 'hay'} ${i + 1}\n`,
      ).join(''),
    );
    const page = await openLog(task);
    await expect.poll(() => last(page)).toBe('hay 3000');
    await page.locator('.log-scroll').focus();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('NEEDLE');
    await page.getByText('30 / 30').waitFor();
    await page.locator('.log-row.cur mark', { hasText: 'needle' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 / 30').waitFor();
    await expect.poll(() => visible(page)).toContain('needle 51');
    await page.keyboard.press('Shift+Enter');
    await page.getByText('30 / 30').waitFor();
    task.log.append('a late needle\nhay\n');
    await page.getByText('30 / 31').waitFor();
    await page.getByRole('button', { name: '区分大小写' }).click();
    await page.getByText('没有匹配').waitFor();
    await page.close();
  });
});

describe('a log of a million lines', () => {
  it('opens at its end and jumps anywhere, and holds only what is looked at', async () => {
    const task = suite.mock.world.addBigLog(1_000_000);
    const page = await suite.open(suite.taskPath(task, 'config'));
    await page.getByText('million-lines').first().waitFor();
    const opened = await page.evaluate(async () => {
      const start = performance.now();
      [...document.querySelectorAll<HTMLElement>('nav a')]
        .find((link) => link.textContent?.includes('日志'))
        ?.click();
      while (!document.querySelector('.log-scroll')?.textContent?.includes('step=999999')) {
        await new Promise((done) => requestAnimationFrame(done));
      }
      return performance.now() - start;
    });

    const jumps: number[] = [];
    for (const line of [1, 500_000, 123_456, 999_999, 77_777]) {
      jumps.push(
        await page.evaluate(async (wanted) => {
          const start = performance.now();
          const host = document.querySelector('.log-scroll') as HTMLElement;
          host.scrollTop = ((wanted - 1) / 1_000_000) * (host.scrollHeight - host.clientHeight);
          const there = () => {
            const rows = [...document.querySelectorAll('.log-row')];
            return (
              rows.some((row) => row.textContent?.includes(`step=${wanted - 1} `)) &&
              !document.querySelector('.log-row.absent')
            );
          };
          while (!there()) await new Promise((done) => requestAnimationFrame(done));
          return performance.now() - start;
        }, line),
      );
    }
    // Meant are a second and a tenth of one; how busy the machine is decides, so they are told.
    const times = jumps.map((ms) => Math.round(ms)).join(', ');
    console.info(`a million lines: opened in ${Math.round(opened)} ms, jumps took ${times} ms`);

    const heap = await page.evaluate(
      () =>
        (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    );
    expect(heap / 2 ** 20).toBeLessThan(20);
    expect(await page.locator('.log-row').count()).toBeLessThan(60);
    await page.close();
  });

  it('opens at a line of its address', async () => {
    const task = suite.mock.world.addBigLog(1_000_000);
    const page = await openLog(task, '#L654321');
    await page.locator('.log-row.sel', { hasText: 'step=654320 ' }).waitFor();
    await page.close();
  });

  it('is searched as a whole, with the exact count', async () => {
    const task = suite.mock.world.addBigLog(1_000_000);
    const page = await openLog(task);
    await page.getByLabel('搜索日志').fill('needle-here');
    await page.getByText('/ 20').waitFor();
    await page.close();
  });
});

it('the whole log can be downloaded', async () => {
  const task = running(numbered(1000));
  const page = await openLog(task);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载日志' }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toBe(numbered(1000));
  await page.close();
});

it('the log fills the screen on demand and Escape brings it back', async () => {
  const page = await openLog(running(numbered(100)));
  await page.getByRole('button', { name: '全屏查看' }).click();
  await expect
    .poll(() => page.locator('.panel').evaluate((panel) => panel.getBoundingClientRect().top))
    .toBe(0);
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.locator('.panel').evaluate((panel) => panel.getBoundingClientRect().top))
    .toBeGreaterThan(100);
  await page.close();
});
