// Pictures of every page in both languages and themes, wide and narrow, for a person to look at.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from '../fixtures/build-console';
import { signIn, startBrowser } from '../fixtures/browser';
import { createMock, type Mock } from '../fixtures/mock-server';

const FOLDER = process.env.SHOTS_FOLDER ?? fileURLToPath(new URL('../../shots/', import.meta.url));
const LOOKS = [
  { name: 'zh-light', language: 'zh-CN', dark: false },
  { name: 'en-dark', language: 'en-GB', dark: true },
  { name: 'zh-dark', language: 'zh-CN', dark: true },
  { name: 'en-light', language: 'en-GB', dark: false },
] as const;
const SIZES = [
  { name: '1440', width: 1440, height: 900 },
  { name: '390', width: 390, height: 844 },
] as const;

let mock: Mock;
let address: string;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  mock = createMock();
  address = await mock.listen(BUILT);
});
afterAll(() => mock.close());

function pages(): [name: string, path: string][] {
  const project = '/zhangwei/mnist-classification';
  const task = (name: string, tab: string) => `${project}/cloudbrain/train/${mock.world.named(name).task.id}/${tab}`;
  return [
    ['home', '/'],
    ['list', `${project}/cloudbrain/train`],
    ['list-none', `${project}/cloudbrain/train?q=nothing`],
    ['empty', '/zhangwei/empty-project/cloudbrain/train'],
    ['create', `${project}/cloudbrain/train/new`],
    ['create-infer', `${project}/cloudbrain/infer/new?model=mnist-cnn`],
    ['modify', `${project}/cloudbrain/train/new?from=${mock.world.named('mnist-pytorch-example').task.id}`],
    ['log-running', task('resnet50-cosine', 'log')],
    ['log-failed', task('unet-lung-ct-fold3', 'log')],
    ['overview', task('resnet50-cosine', 'overview')],
    ['overview-failed', task('unet-lung-ct-fold3', 'overview')],
    ['overview-waiting', task('yolov8-traffic-v3', 'overview')],
    ['config', task('mnist-pytorch-example', 'config')],
    ['results', task('mnist-pytorch-example', 'results')],
    ['events', task('mnist-pytorch-example', 'events')],
    ['projects', '/explore/projects'],
    ['new-project', '/new?from=url'],
    ['new-example', '/new?from=example'],
    ['code', project],
    ['code-folder', `${project}/tree/master/mnist`],
    ['code-empty', '/zhangwei/empty-project'],
    ['file', `${project}/blob/master/train.py#L12-L17`],
    ['notebook', `${project}/blob/master/notebooks/explore.ipynb`],
    ['image', `${project}/blob/master/docs/损失曲线.png`],
    ['binary', `${project}/blob/master/weights/mnist.bin`],
    ['history', `${project}/commits/master`],
    ['commit', `${project}/commit/${mock.world.repositories.get('zhangwei/mnist-classification')?.branches.get('master')}`],
    ['branches', `${project}/branches`],
    ['edit', `${project}/edit/master/train.py`],
    ['new-file', `${project}/new/master/mnist`],
    ['upload', `${project}/upload/master`],
    ['importing', '/zhangwei/segment'],
    ['import-failed', '/zhangwei/segment-old'],
    ['general', `${project}/settings/general`],
    ['members', `${project}/settings/members`],
    ['datasets', `${project}/datasets`],
    ['datasets-none', '/zhangwei/empty-project/datasets'],
    ['dataset', `${project}/datasets/MnistDataset_torch`],
    ['dataset-faces', `${project}/datasets/faces`],
    ['dataset-failed', `${project}/datasets/lung-ct-2024`],
    ['dataset-tree', `${project}/datasets/MnistDataset_torch/files/MnistDataset_torch.zip`],
    ['dataset-text', `${project}/datasets/MnistDataset_torch/files/MnistDataset_torch.zip/labels.csv`],
    ['dataset-picture', `${project}/datasets/MnistDataset_torch/files/MnistDataset_torch.zip/train/0/1.png`],
    ['public-datasets', '/explore/datasets'],
    ['models', `${project}/models`],
    ['model', `${project}/models/mnist-cnn`],
    ['public-models', '/explore/models'],
    ['profile', '/settings/profile'],
    ['tokens', '/settings/tokens'],
    ['users', '/admin/users'],
    ['machine', '/admin/machine'],
    ['specs', '/admin/specs'],
    ['platform-images', '/admin/images'],
    ['queue', '/admin/queue'],
    ['images', `${project}/images`],
    ['invitations', '/admin/invitations'],
    ['settings', '/admin/settings'],
    ['missing', '/no/such/page/here'],
    ['stories', '/dev/ui'],
  ];
}

// SHOTS=list,log-running and LOOKS=zh-light take some of the pictures again.
const only = process.env.SHOTS?.split(',');
const looks = LOOKS.filter(({ name }) => process.env.LOOKS?.split(',').includes(name) ?? true);

describe.each(looks)('$name', (look) => {
  it.each(SIZES)('$name', async (size) => {
    const browser = await startBrowser({ ...look, ...size });
    const shoot = async (name: string, path: string, full = false, act?: (page: Page) => Promise<void>) => {
      if (only !== undefined && !only.includes(name)) return;
      const { page, complaints } = await browser.open(address + path);
      await page.locator('main').waitFor();
      await page.locator('.skeleton:not(.stories *)').first().waitFor({ state: 'detached' });
      await act?.(page);
      await page.evaluate(() => document.fonts.ready);
      await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
      await page.screenshot({ path: `${FOLDER}${name}-${look.name}-${size.name}.png`, animations: 'disabled', fullPage: full });
      expect(complaints).toEqual([]);
      await page.close();
    };
    await shoot('login', '/login');
    await shoot('sign-up', '/sign-up?invitation=welcome');
    await signIn(browser, address);
    const log = `/zhangwei/mnist-classification/cloudbrain/train/${mock.world.named('resnet50-cosine').task.id}/log`;
    await shoot('log-search', log, false, async (page) => {
      await page.getByLabel(look.language === 'zh-CN' ? '搜索日志' : 'Search the log').fill('loss=0.07');
      await page.locator('.log-row.cur mark').first().waitFor();
    });
    await shoot('log-chosen', `${log}#L120-L124`, false, async (page) => {
      await page.locator('.log-row.sel').nth(4).waitFor();
      await page.locator('.log-row:not(.absent)').first().waitFor();
    });
    await shoot('log-history', log, false, async (page) => {
      await page.locator('.log-chip.history').last().click();
      await page.getByRole('dialog').locator('li').first().waitFor();
    });
    await shoot('stop', log, false, async (page) => {
      await page.locator('header .button.danger').click();
      await page.getByRole('dialog').waitFor();
    });
    await shoot('menu', '/', false, async (page) => {
      await page.locator('header .trigger').nth(1).click();
      await page.getByRole('menu').waitFor();
    });
    for (const [name, path] of pages()) await shoot(name, path, ['stories', 'create', 'create-infer', 'modify'].includes(name) || size.width < 700);
    await browser.close();
  }, 300_000);
});
