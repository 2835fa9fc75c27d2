// What holds for every page: no accessibility violation, nothing wider than the window, no complaint
// of the browser (scripts, policy).
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { settled, violations } from '../fixtures/checks';
import { PROJECT_PATH, useSuite, type Suite } from '../fixtures/suite';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const LOOKS = [
  { name: 'Chinese, light, wide', language: 'zh-CN', dark: false, ...WIDE },
  { name: 'English, dark, narrow', language: 'en-GB', dark: true, ...NARROW },
] as const;
// The rest of the combinations, for the pages with the most on them.
const MORE_LOOKS = [
  { name: 'Chinese, dark, narrow', language: 'zh-CN', dark: true, ...NARROW },
  { name: 'English, light, tablet', language: 'en-GB', dark: false, width: 1024, height: 768 },
  { name: 'English, dark, wide', language: 'en-GB', dark: true, ...WIDE },
] as const;
const FULL_PAGES = ['task list', 'overview', 'log', 'results'];

const PAGES: [name: string, path: (suite: Suite) => string][] = [
  ['sign in', () => '/login'],
  ['home', () => '/'],
  ['code', () => PROJECT_PATH],
  ['task list', () => `${PROJECT_PATH}/cloudbrain/train`],
  ['no match', () => `${PROJECT_PATH}/cloudbrain/train?q=nothing`],
  ['empty list', () => '/zhangwei/empty-project/cloudbrain/infer'],
  ['new task', () => `${PROJECT_PATH}/cloudbrain/train/new`],
  ...['overview', 'log', 'config', 'results', 'events'].map(
    (tab): [string, (suite: Suite) => string] => [
      tab,
      (suite) => suite.taskPath(suite.mock.world.named('mnist-pytorch-example'), tab),
    ],
  ),
  [
    'failed overview',
    (suite) => suite.taskPath(suite.mock.world.named('unet-lung-ct-fold3'), 'overview'),
  ],
  ['waiting log', (suite) => suite.taskPath(suite.mock.world.named('yolov8-traffic-v3'), 'log')],
  ['missing task', () => `${PROJECT_PATH}/cloudbrain/train/99999/overview`],
  ['not found', () => '/no/such/page/here'],
  ['stories', () => '/dev/ui'],
];

async function checkPage(suite: Suite, path: (suite: Suite) => string): Promise<void> {
  const page = await suite.open(path(suite));
  await settled(page);
  expect(await violations(page)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await page.close();
  expect(suite.complaints).toEqual([]);
}

describe.each(LOOKS)('in $name', (look) => {
  const suite = useSuite(look);
  it.each(PAGES)('%s is accessible, fits, and has no complaints', (_name, path) =>
    checkPage(suite, path),
  );
});

describe.each(MORE_LOOKS)('in $name', (look) => {
  const suite = useSuite(look);
  const pages = PAGES.filter(([name]) => FULL_PAGES.includes(name));
  it.each(pages)('%s is accessible, fits, and has no complaints', (_name, path) =>
    checkPage(suite, path),
  );
});

describe('what opens over a page', () => {
  const suite = useSuite();
  const opened: [
    name: string,
    path: (suite: Suite) => string,
    open: (page: Page) => Promise<void>,
  ][] = [
    ['a menu', () => '/', (page) => page.getByRole('button', { name: '主题' }).click()],
    ['a fork', () => PROJECT_PATH, (page) => page.getByRole('button', { name: '派生' }).click()],
    [
      'a question',
      (s) => s.taskPath(s.mock.world.named('resnet50-cosine'), 'config'),
      (page) => page.getByRole('button', { name: '停止' }).click(),
    ],
    [
      'the history of a line',
      (s) => s.taskPath(s.mock.world.named('resnet50-cosine'), 'log'),
      (page) => page.locator('.log-chip.history').last().click(),
    ],
  ];
  it.each(opened)('%s is accessible and closes with Escape', async (_name, path, open) => {
    const page = await suite.open(path(suite));
    await settled(page);
    await open(page);
    const over = page.locator('[role="menu"], [role="dialog"]');
    await over.waitFor();
    expect(await violations(page, true)).toEqual([]);
    await page.keyboard.press('Escape');
    await over.waitFor({ state: 'detached' });
    await page.close();
    expect(suite.complaints).toEqual([]);
  });
});

describe('by keyboard', () => {
  const suite = useSuite();
  it('the way from the home page to a log needs no mouse', async () => {
    const page = await suite.open('/');
    await page.getByRole('link', { name: 'mnist-classification' }).first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('跳到主要内容');
    const press = async (wanted: string) => {
      for (let i = 0; i < 60; i += 1) {
        const here = await page.evaluate(() => {
          const element = document.activeElement;
          return `${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
        });
        if (here.includes(wanted)) return page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
      }
      throw new Error(`${wanted} cannot be reached`);
    };
    await press('mnist-classification');
    await page.getByRole('heading', { name: '训练任务' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    await press('日志 mnist-pytorch-example');
    await page.locator('.log-row').first().waitFor();
    await page.close();
  });
});
