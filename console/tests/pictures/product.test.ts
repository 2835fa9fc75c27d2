// Pictures of the running product, real tasks and all, into shots/: for people to look at, and some of
// them for the README. PICTURES=form,log takes some of them again, LOOKS=zh-light in one look.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startBrowser } from '../fixtures/browser';
import { mnistZip } from '../fixtures/mnist';
import { PASSWORD, startServer, type RealServer } from '../fixtures/real-server';
import { wordsIn } from '../fixtures/words';

const FOLDER = process.env.SHOTS_FOLDER ?? fileURLToPath(new URL('../../shots/', import.meta.url));
const LOOKS = [
  { name: 'zh-light', language: 'zh-CN', dark: false },
  { name: 'en-light', language: 'en-GB', dark: false },
  { name: 'zh-dark', language: 'zh-CN', dark: true },
  { name: 'en-dark', language: 'en-GB', dark: true },
] as const;
const SIZES = [
  { name: '1440', width: 1440, height: 900 },
  { name: '390', width: 390, height: 844 },
] as const;
const DATA = 'MnistDataset_torch.zip';
const HOLDER = 'import time\nprint("hold")\nwhile True: time.sleep(0.1)\n';
const CLUSTERS = ['openi', 'c2net']
  .map(
    (name) => `
[[cluster]]
name = "${name}"
title_zh = "${name === 'openi' ? '启智集群' : '智算网络集群'}"
title_en = "${name === 'openi' ? 'OpenI' : 'C2Net'}"
layout = "${name}"
simulate = true
max_runtime_hours = 168
`,
  )
  .join('');

interface Made {
  id: number;
}
let server: RealServer;
let trained: Made, waiting: Made, failed: Made;

const submit = (project: string, body: object) =>
  server.call<Made>('POST', `/projects/admin/${project}/tasks`, { spec: 'cpu-1', ...body });

async function ended({ id }: Made): Promise<void> {
  for (;;) {
    const { state } = await server.call<{ state: string }>('GET', `/tasks/${id}`);
    if (['SUCCEEDED', 'FAILED', 'STOPPED'].includes(state)) return;
    // Answers come at once, so that this would keep a core busy.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function makeWorld(): Promise<void> {
  await server.call('POST', '/users', { name: 'newcomer', password: PASSWORD });
  await server.call('POST', '/users', { name: 'lina', password: PASSWORD });
  await server.call('POST', '/projects/examples/mnist-gpu/fork', { name: 'mnist' });
  await server.send('/projects/admin/mnist/datasets/' + DATA, mnistZip());
  await server.call('POST', '/projects/admin/mnist/commits', {
    branch: 'main',
    message: 'Hold the machine',
    files: [
      { path: 'hold.py', content: HOLDER },
      { path: 'broken.py', content: 'import torch\nraise ValueError("no such layer: fc3")\n' },
    ],
  });
  const params = (epochs: string) => [
    { name: 'epoch_size', value: epochs },
    { name: 'batch_size', value: '32' },
    { name: 'num_threads', value: '1' },
  ];
  const training = { boot_file: 'train.py', datasets: [DATA] };
  const first = {
    name: 'lenet-adam',
    description: 'Adam, lr 0.002',
    spec: 'cpu-1',
    params: params('3'),
    ...training,
  };
  trained = await submit('mnist', first);
  await ended(trained);
  failed = await submit('mnist', { name: 'lenet-fc3', boot_file: 'broken.py' });
  await ended(failed);
  await server.call('POST', '/projects/admin/mnist/models', {
    name: 'lenet',
    framework: 'PyTorch',
  });
  await server.call('POST', '/projects/admin/mnist/models/lenet/versions', {
    task: trained.id,
    metrics: { accuracy: 0.9567 },
  });
  const again = { ...first, params: params('1') };
  const two = await server.call<Made>('POST', `/tasks/${trained.id}/modify`, again);
  await ended(two);
  await submit('mnist', { name: 'hold-1', boot_file: 'hold.py', spec: 'cpu-2' });
  waiting = await submit('mnist', {
    name: 'lenet-sgd',
    params: params('3'),
    max_runtime_s: 7200,
    ...training,
  });
  await submit('mnist', { name: 'lenet-wide', params: params('9'), ...training });
  await server.call('POST', '/images', {
    name: 'pytorch-2.4',
    reference: 'docker.io/pytorch/pytorch:2.4.0-cuda12.4-cudnn9-runtime',
    description: 'PyTorch 2.4',
    tags: ['CUDA 12.4', 'Python 3.11'],
    recommended: true,
    fetch: false,
  });
  await server.call('POST', '/images', {
    name: 'mindspore-1.8',
    reference: 'docker.io/ascendai/mindspore:1.8.1',
    computes: ['npu'],
    engines: ['MindSpore1.8.1'],
    tags: ['Ascend'],
    fetch: false,
  });
}

function pages(): [name: string, path: string][] {
  const project = '/admin/mnist';
  const task = ({ id }: Made, tab: string) => `${project}/cloudbrain/train/${id}/${tab}`;
  return [
    ['home', '/'],
    ['code', project],
    ['datasets', `${project}/datasets`],
    ['dataset', `${project}/datasets/${DATA}`],
    ['models', `${project}/models`],
    ['model', `${project}/models/lenet`],
    ['images', `${project}/images`],
    ['list', `${project}/cloudbrain/train`],
    ['infer-list', `${project}/cloudbrain/infer`],
    ['form', `${project}/cloudbrain/train/new`],
    ['form-infer', `${project}/cloudbrain/infer/new?model=lenet`],
    ['modify', `${project}/cloudbrain/train/new?from=${trained.id}`],
    ['overview', task(trained, 'overview')],
    ['log', task(trained, 'log')],
    ['config', task(trained, 'config')],
    ['results', task(trained, 'results')],
    ['events', task(trained, 'events')],
    ['waiting', task(waiting, 'overview')],
    ['failed', task(failed, 'overview')],
    ['members', `${project}/settings/members`],
    ['machine', '/admin/machine'],
    ['specs', '/admin/specs'],
    ['platform-images', '/admin/images'],
    ['queue', '/admin/queue'],
    ['users', '/admin/users'],
    ['settings', '/admin/settings'],
  ];
}

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  server = await startServer({ clusters: CLUSTERS });
  await makeWorld();
}, 300_000);
afterAll(async () => {
  const { items } = await server.call<{ items: { id: number; state: string }[] }>('GET', '/tasks');
  for (const { id, state } of items)
    if (['WAITING', 'RUNNING'].includes(state)) await server.call('POST', `/tasks/${id}/stop`);
  await server.close();
});

const only = process.env.PICTURES?.split(',');
const looks = LOOKS.filter(({ name }) => process.env.LOOKS?.split(',').includes(name) ?? true);

describe.each(looks)('$name', (look) => {
  it.each(SIZES)(
    '$name',
    async (size) => {
      let browser = await startBrowser({ ...look, ...size });
      const w = wordsIn(look.language === 'zh-CN' ? 'zh' : 'en');
      const enter = (name: string) =>
        browser.context.request.post(`${server.address}/api/v2/session`, {
          data: { name, password: PASSWORD },
        });
      const shoot = async (name: string, path: string, act?: (page: Page) => Promise<void>) => {
        if (only !== undefined && !only.includes(name)) return;
        const { page } = await browser.open(server.address + path);
        await page.locator('main').waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        await act?.(page);
        await page.evaluate(() => document.fonts.ready);
        await page.waitForFunction(
          () =>
            new Promise((done) =>
              requestAnimationFrame(() => requestAnimationFrame(() => done(true))),
            ),
        );
        await page.screenshot({
          path: `${FOLDER}real-${name}-${look.name}-${size.name}.png`,
          animations: 'disabled',
          fullPage: size.width < 700 || name.startsWith('form-full'),
        });
        await page.close();
      };
      await enter('newcomer');
      await shoot('home-empty', '/');
      await browser.close();
      browser = await startBrowser({ ...look, ...size });
      await enter('admin');
      for (const [name, path] of pages()) await shoot(name, path);
      const fill = async (page: Page) => {
        await page.getByRole('button', { name: w('create.data.add') }).click();
        await page.getByRole('checkbox', { name: DATA }).check();
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: w('create.param.addAll') }).click();
      };
      const form = '/admin/mnist/cloudbrain/train/new';
      await shoot('form-full', form, fill);
      await shoot('form-full-npu', form, async (page) => {
        await page.locator('label.npu').click();
        await fill(page);
      });
      await browser.close();
    },
    300_000,
  );
});
