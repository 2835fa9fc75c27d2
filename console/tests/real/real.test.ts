// The console inside the real server: sign in, watch a script's log while it runs, take its results.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type Browser } from '../fixtures/browser';
import { PASSWORD, startServer, type RealServer } from '../fixtures/real-server';

const SCRIPT = `
import sys, os, time
print('参数', sys.argv[1:], flush=True)
for i in range(200):
    sys.stderr.write(f'\\rEpoch 1/1: {i + 1}/200')
print('\\n\\x1b[32mINFO\\x1b[0m first half', flush=True)
os.makedirs('/model/ckpt', exist_ok=True)
open('/model/ckpt/epoch1.pt', 'wb').write(b'w' * 100000)
if '--mode=wait' in sys.argv:
    while True: time.sleep(0.1)
if '--mode=fail' in sys.argv:
    raise ValueError('asked to fail')
if '--mode=many' in sys.argv:
    for i in range(300000): print('step', i)
print('done')
`;

let server: RealServer;
let browser: Browser;
const complaints: string[][] = [];

beforeAll(async () => {
  server = await startServer();
  await server.call('POST', '/projects', { name: 'demo', description: '演示' });
  const files = [{ path: 'train.py', content: SCRIPT }];
  await server.call('POST', '/projects/admin/demo/commits', {
    branch: 'main',
    message: 'first',
    files,
  });
  browser = await startBrowser();
  const page = await open('/');
  await page.getByLabel('用户名').fill('admin');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'demo' }).waitFor();
  await page.close();
});
afterAll(async () => {
  await browser.close();
  await server.close();
  expect(complaints.flat()).toEqual([]);
});

async function open(path: string): Promise<Page> {
  const { page, complaints: said } = await browser.open(server.address + path);
  complaints.push(said);
  return page;
}
async function submit(mode: string): Promise<{ id: number; path: string }> {
  const request = {
    name: `t-${mode}`,
    boot_file: 'train.py',
    spec: 'cpu-1',
    params: [{ name: 'mode', value: mode }],
  };
  const { id } = await server.call<{ id: number }>('POST', '/projects/admin/demo/tasks', request);
  return { id, path: `/admin/demo/cloudbrain/train/${id}` };
}

it('the types of the console are those of the server', async () => {
  const kept: unknown = JSON.parse(
    readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
  );
  expect(await server.call('GET', '/openapi.json')).toEqual(kept);
});

describe('a task', () => {
  it('is followed live and stopped', async () => {
    const task = await submit('wait');
    const page = await open(`${task.path}/log`);
    await page.getByText('first half').waitFor();
    await page.getByRole('button', { name: '200 次更新' }).waitFor();
    await page.locator('.foot').getByText('实时').waitFor();
    await page.getByRole('link', { name: '结果下载' }).click();
    await page.getByRole('link', { name: 'ckpt', exact: true }).click();
    await page.getByRole('link', { name: 'epoch1.pt', exact: true }).waitFor();
    await page.getByRole('button', { name: '停止' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停止' }).click();
    await page.locator('header').getByText('已停止').waitFor();
    await page.getByText('由 admin 停止。').first().waitFor();
    await page.close();
  });

  it('that fails says why, in both languages', async () => {
    const task = await submit('fail');
    const page = await open(task.path);
    await page.locator('.reason').getByText('脚本以退出码 1 结束。').waitFor();
    await page.locator('.log-row.error', { hasText: 'ValueError: asked to fail' }).waitFor();
    await page.getByRole('button', { name: '语言' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.locator('.reason').getByText('The script ended with exit code 1.').waitFor();
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  it('that prints much is searched and read in full', async () => {
    const task = await submit('many');
    const page = await open(`${task.path}/log`);
    await page.locator('header').getByText('成功').waitFor({ timeout: 60_000 });
    await page.locator('.log-row', { hasText: 'done' }).waitFor();
    await page.getByLabel('搜索日志').fill('step 12345');
    await page.getByText('/ 11', { exact: false }).waitFor();
    await page.locator('.log-row.cur mark', { hasText: 'step 12345' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载日志' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('\nstep 299999\ndone\n');
    await page.close();
  });

  it('leaves results that are downloaded one by one and as a zip', async () => {
    const task = await submit('ok');
    const page = await open(`${task.path}/results`);
    await page.getByRole('link', { name: 'ckpt', exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 epoch1.pt' }).click(),
    ]);
    expect(readFileSync(await file.path()).length).toBe(100_000);
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载此文件夹' }).click(),
    ]);
    expect(
      readFileSync(await zip.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await page.goto(`${server.address}/admin/demo/cloudbrain/train`);
    await page.locator('tbody tr', { hasText: 't-ok' }).getByText('成功').waitFor();
    await page.close();
  });
});
