// The server is killed and started again under an open task page.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowser, type Browser } from '../fixtures/browser';
import { PASSWORD, startServer, type RealServer } from '../fixtures/real-server';

const LINES = 400;
// Lines go on while nobody listens.
const SCRIPT = `
import time
for i in range(1, ${LINES} + 1):
    print(f'line {i}', flush=True)
    time.sleep(0.03)
`;

let server: RealServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  await server.call('POST', '/projects', { name: 'demo' });
  await server.call('POST', '/projects/admin/demo/commits', {
    branch: 'main',
    message: 'first',
    files: [{ path: 'train.py', content: SCRIPT }],
  });
  browser = await startBrowser();
  await browser.context.request.post(`${server.address}/api/v2/session`, {
    data: { name: 'admin', password: PASSWORD },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Every line that the log view shows on the way from its end to its beginning: number -> text. */
async function wholeLog(page: Page): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const read = async () => {
    const rows = await page
      .locator('.log-row:not(.absent)')
      .evaluateAll((all) =>
        all.map((row) => [
          Number((row.querySelector('.log-no')?.textContent ?? '').replace(/\D/g, '')),
          row.querySelector('.log-text')?.textContent ?? '',
        ]),
      );
    for (const [number, text] of rows as [number, string][]) found.set(number, text);
  };
  await page.locator('.log-scroll').focus();
  for (let pages = 0; pages < 60 && !found.has(1); pages += 1) {
    await read();
    await page.keyboard.press('PageUp');
    await page.waitForFunction(
      () => new Promise((done) => requestAnimationFrame(() => done(true))),
    );
  }
  await read();
  return found;
}

it('an open log comes back by itself and neither loses nor repeats a line', async () => {
  const { id } = await server.call<{ id: number }>('POST', '/projects/admin/demo/tasks', {
    name: 'counter',
    boot_file: 'train.py',
    spec: 'cpu-1',
  });
  const { page } = await browser.open(`${server.address}/admin/demo/cloudbrain/train/${id}/log`);
  await page.locator('.foot').getByText('实时').waitFor();
  await page.locator('.log-row', { hasText: 'line 60' }).waitFor();
  await server.kill();
  await page.locator('.foot').getByText('连接已断开，正在重连').waitFor();
  await server.restart();
  await page.locator('.foot').getByText('实时').waitFor();
  await page.locator('.log-row', { hasText: `line ${LINES}` }).waitFor();
  await page.locator('header').getByText('成功').waitFor();
  await page.locator('.foot').getByText('已结束').waitFor();

  const shown = await wholeLog(page);
  const wanted = Array.from({ length: LINES }, (_, i) => [i + 1, `line ${i + 1}`] as const);
  expect([...shown].sort(([a], [b]) => a - b)).toEqual(wanted);
  expect((await server.bytes(`/tasks/${id}/log/raw`)).toString()).toBe(
    wanted.map(([, text]) => `${text}\n`).join(''),
  );
  await page.close();
});
