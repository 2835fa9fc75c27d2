// The training task documentation, step by step as a newcomer goes it in the browser, in both
// languages: fork the example, upload the data, train, download, make a model, infer, train again,
// and the same form for an NPU, which is simulated.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type Browser } from '../fixtures/browser';
import { overflow, settled, violations } from '../fixtures/checks';
import { mnistZip, TESTED, TRAINED } from '../fixtures/mnist';
import { PASSWORD, startServer, type RealServer } from '../fixtures/real-server';
import { wordsIn, type Key, type Words } from '../fixtures/words';

const DATA = 'MnistDataset_torch.zip';
const LONG = 120_000;
// One core for all tasks: whoever comes second waits.
const CLUSTERS = `
[[cluster]]
name = "openi"
title_zh = "启智集群"
title_en = "OpenI"
layout = "openi"
simulate = true
max_runtime_hours = 12
external_images = false
`;
const HOLDER = 'import time\nwhile True: time.sleep(0.1)\n';
const NPU = `
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument('--data_url')
parser.add_argument('--train_url')
parser.add_argument('--device_target')
parser.add_argument('--epoch_size', type=int, default=1)
args, unknown = parser.parse_known_args()
print('device', args.device_target, 'data', args.data_url, flush=True)
labels = os.path.getsize(f'{args.data_url}/train/MNIST/raw/train-labels-idx1-ubyte')
with open(os.path.join(args.train_url, 'told.txt'), 'w') as told:
    told.write(f'{labels} bytes, {args.epoch_size} epochs')
`;

describe.each([
  { language: 'zh', locale: 'zh-CN' },
  { language: 'en', locale: 'en-GB' },
] as const)('the steps of the documentation, $language', ({ language, locale }) => {
  const w: Words = wordsIn(language);
  let server: RealServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    server = await startServer({ clusters: CLUSTERS, arguments: ['--cpus', '1'] });
    browser = await startBrowser({ language: locale });
    ({ page, complaints } = await browser.open(server.address));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    expect(complaints).toEqual([]);
  });

  const button = (key: Key, inside: Page | Locator = page) =>
    inside.getByRole('button', { name: w(key), exact: true });
  const link = (key: Key) => page.getByRole('link', { name: w(key), exact: true }).first();
  const tab = (key: Key) =>
    page
      .locator('nav')
      .getByRole('link', { name: w(key) })
      .last();
  const field = (key: Key) => page.getByLabel(w(key), { exact: true });
  const input = (name: string) => page.locator(`form [data-field="${name}"]`);
  const dialog = () => page.getByRole('dialog');
  const taskId = () => Number(/\/(\d+)(?:\/|$)/.exec(new URL(page.url()).pathname)?.[1]);
  const state = (key: Key) =>
    page.locator('main header').getByText(w(key)).first().waitFor({ timeout: LONG });
  async function project(name: 'project' | 'datasets' | 'train' | 'infer'): Promise<void> {
    const tail =
      name === 'project' ? '' : name === 'datasets' ? '/datasets' : `/cloudbrain/${name}`;
    await page.goto(`${server.address}/admin/mnist-gpu${tail}`);
  }
  /** Sets a parameter that the form has a row for. */
  async function parameter(name: string, value: string): Promise<void> {
    const names = page.getByLabel(w('task.param.name'), { exact: true });
    await names.first().waitFor();
    for (const [i, one] of (await names.all()).entries())
      if ((await one.inputValue()) === name)
        return page.getByLabel(w('task.param.value'), { exact: true }).nth(i).fill(value);
    throw new Error(`no parameter ${name}`);
  }
  async function choose(dataset: string): Promise<void> {
    await page.getByRole('button', { name: w('create.data.add') }).click();
    await page.getByRole('checkbox', { name: dataset }).check();
    await page.keyboard.press('Escape');
  }
  async function submitted(task: string): Promise<void> {
    await page.getByRole('button', { name: w('create.submit') }).click();
    await page.getByRole('heading', { name: task }).waitFor();
  }
  async function downloaded(file: string): Promise<Buffer> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: w('results.downloadName', { name: file }), exact: true })
        .click(),
    ]);
    return readFileSync(await download.path());
  }

  it('an empty platform shows the first three steps, and the example is forked', async () => {
    await field('login.name').fill('admin');
    await field('login.password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText(w('empty.train.title')).waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await page
      .getByRole('button', { name: w('fork.title', { name: 'examples/mnist-gpu' }) })
      .click();
    await button('fork.fork', dialog()).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/mnist-gpu');
    await page.getByRole('link', { name: 'train.py', exact: true }).waitFor();
  });

  it('the data set is uploaded, unpacked and ready', async () => {
    await tab('task.datasets').click();
    await button('data.upload').first().click();
    await dialog()
      .locator('input[type="file"]')
      .setInputFiles({ name: DATA, mimeType: 'application/zip', buffer: mnistZip() });
    await dialog().getByText(w('up.state.done')).waitFor({ timeout: LONG });
    await button('app.close', dialog()).last().click();
    await page
      .locator('li', { hasText: DATA })
      .getByText(w('data.state.ready'))
      .waitFor({ timeout: LONG });
  });

  it('a training task for GPU is filled in, waits, runs and ends', async () => {
    const holder = await server.call<{ id: number }>('POST', '/projects', { name: 'holder' });
    expect(holder.id).toBeGreaterThan(0);
    await server.call('POST', '/projects/admin/holder/commits', {
      branch: 'main',
      message: 'hold',
      files: [{ path: 'train.py', content: HOLDER }],
    });
    const held = await server.call<{ id: number }>('POST', '/projects/admin/holder/tasks', {
      name: 'holder',
      boot_file: 'train.py',
      spec: 'cpu-1',
      max_runtime_s: 3600,
    });

    await tab('task.cloudbrain').click();
    await page
      .getByRole('link', { name: w('task.train.new') })
      .first()
      .click();
    for (const key of ['task.cluster', 'task.compute', 'task.spec'] as const)
      await page.locator('form').getByText(w(key)).first().waitFor();
    await page.locator('label.gpu').click();
    await input('name').fill('mnist-1');
    await input('description').fill('LeNet 手写数字');
    await expect.poll(() => input('boot_file').inputValue()).toBe('train.py');
    await button('create.param.addAll').click();
    await parameter('epoch_size', '2');
    await parameter('num_threads', '1');
    await parameter('batch_size', '32');
    await choose(DATA);
    // What this cluster does not take is not offered.
    const images = await field('task.image').locator('option').allInnerTexts();
    expect(images.some((text) => text.includes(w('create.image.outside')))).toBe(false);
    await field('create.hours').fill('13');
    await page.getByText(w('create.hours.most', { hours: '12' })).waitFor();
    await field('create.hours').fill('2');
    await page.getByLabel('cpu-1').check();
    await page.getByText(w('create.spec.without', { compute: 'GPU' })).waitFor();
    await submitted('mnist-1');

    await page.getByText(w('queue.place')).first().waitFor();
    await state('state.WAITING');
    await server.call('POST', `/tasks/${held.id}/stop`);
    await state('state.SUCCEEDED');
    expect(await server.call('GET', `/tasks/${taskId()}`)).toMatchObject({
      compute: 'gpu',
      max_runtime_s: 7200,
      datasets: [DATA],
    });
  }, 300_000);

  it('its log, its results and what the API has of them are the same', async () => {
    await link('detail.log').click();
    await page
      .locator('.log-row', { hasText: `${TRAINED} training images, ${TESTED} test images` })
      .waitFor();
    await page.locator('.log-row', { hasText: /^\d*accuracy: 0\.9/ }).waitFor();
    await link('detail.results').click();
    const model = await downloaded('mnist.pt');
    expect(model.length).toBeGreaterThan(50_000);
    expect(model.equals(await server.bytes(`/tasks/${taskId()}/output/mnist.pt`))).toBe(true);
  });

  it('the result becomes a model, which an inference task uses', async () => {
    await page.getByRole('button', { name: w('model.import'), exact: true }).click();
    await dialog().getByLabel(w('thing.name')).fill('lenet');
    await button('model.import.do', dialog()).click();
    await page.getByRole('heading', { name: 'lenet' }).waitFor();
    await page.getByRole('link', { name: w('model.infer') }).click();
    await input('name').fill('digits-1');
    await expect.poll(() => input('boot_file').inputValue()).toBe('inference.py');
    await expect.poll(() => field('create.model.file').inputValue()).toBe('mnist.pt');
    await page.getByText('--ckpt_url=/model/mnist.pt').waitFor();
    await choose(DATA);
    await page.getByLabel('cpu-1').check();
    await submitted('digits-1');
    await state('state.SUCCEEDED');
    await link('detail.results').click();
    const result = await downloaded('result.txt');
    const lines = result
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(lines.length).toBe(TESTED);
    const right = lines.filter(([, read, label]) => read === label).length;
    expect(right / TESTED).toBeGreaterThan(0.9);
    expect(result.equals(await server.bytes(`/tasks/${taskId()}/output/result.txt`))).toBe(true);
  }, 300_000);

  it('the task is modified and runs again as V0002', async () => {
    await project('train');
    await page.getByRole('link', { name: 'mnist-1' }).first().click();
    await page.getByRole('link', { name: w('detail.modify'), exact: true }).click();
    await page.getByText(w('create.modify.same')).waitFor();
    await parameter('epoch_size', '1');
    await page.getByRole('button', { name: w('create.submit.version') }).click();
    await page.locator('main header').getByText('V0002').waitFor();
    await state('state.SUCCEEDED');
    await link('detail.config').click();
    const changes = page.getByRole('region', { name: w('create.differences') });
    await changes.getByText('epoch_size').first().waitFor();
  }, 300_000);

  it('an NPU task names an AI engine and is given its places as arguments', async () => {
    await server.call('POST', '/projects/admin/mnist-gpu/commits', {
      branch: 'main',
      message: 'npu',
      files: [{ path: 'npu/train.py', content: NPU }],
    });
    await project('train');
    await page
      .getByRole('link', { name: w('task.train.new') })
      .first()
      .click();
    await page.locator('label.npu').click();
    await input('name').fill('npu-1');
    await input('boot_file').fill('npu/train.py');
    await page.getByLabel(w('task.version'), { exact: true }).selectOption('MindSpore1.8.1');
    await choose(DATA);
    await page.getByText('--data_url=/cache/dataset').waitFor();
    await page.getByText('--train_url=/cache/output').waitFor();
    await page.getByText(w('create.spec.without', { compute: 'Ascend NPU' })).waitFor();
    await submitted('npu-1');
    await state('state.SUCCEEDED');
    await link('detail.log').click();
    await page.locator('.log-row', { hasText: 'device Ascend data /cache/dataset' }).waitFor();
    await link('detail.results').click();
    expect((await downloaded('told.txt')).toString()).toBe(`${TRAINED + 8} bytes, 1 epochs`);
    await link('detail.config').click();
    await page.getByText('MindSpore1.8.1').first().waitFor();
  }, 300_000);
});
