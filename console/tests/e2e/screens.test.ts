// The screens of projects, code, accounts and administration: no accessibility violation in either
// language and theme, nothing wider than the window at any usual width, no complaint of the browser.
import { describe, expect, it } from 'vitest';
import { overflow, settled, violations } from '../fixtures/checks';
import { PROJECT_PATH, useSuite, type Suite } from '../fixtures/suite';

const LOOKS = [
  { name: 'Chinese, light', language: 'zh-CN', dark: false, width: 1440 },
  { name: 'Chinese, dark', language: 'zh-CN', dark: true, width: 390 },
  { name: 'English, light', language: 'en-GB', dark: false, width: 390 },
  { name: 'English, dark', language: 'en-GB', dark: true, width: 1440 },
] as const;
const WIDTHS = [390, 768, 1024, 1440, 1920];

const newest = ({ mock }: Suite) =>
  mock.world.repositories.get(PROJECT_PATH.slice(1))?.branches.get('master') ?? '';
const MNIST = `${PROJECT_PATH}/datasets/MnistDataset_torch/files/MnistDataset_torch.zip`;
const SCREENS: [name: string, path: string | ((suite: Suite) => string)][] = [
  ['sign up', '/sign-up?invitation=welcome'],
  ['projects', '/explore/projects'],
  ['no such project', '/explore/projects?q=nothing-like-it'],
  ['new project', '/new'],
  ['project from an example', '/new?from=example'],
  ['project from a URL', '/new?from=url'],
  ['project from a zip', '/new?from=zip'],
  ['folder', `${PROJECT_PATH}/tree/master/mnist`],
  ['commit of the past', (suite) => `${PROJECT_PATH}/tree/${newest(suite)}`],
  ['empty repository', '/zhangwei/empty-project'],
  ['text', `${PROJECT_PATH}/blob/master/train.py#L12-L17`],
  ['Markdown', `${PROJECT_PATH}/blob/master/README.md`],
  ['notebook', `${PROJECT_PATH}/blob/master/notebooks/explore.ipynb`],
  ['image', `${PROJECT_PATH}/blob/master/docs/${encodeURIComponent('损失曲线.png')}`],
  ['binary', `${PROJECT_PATH}/blob/master/weights/mnist.bin`],
  ['too large', `${PROJECT_PATH}/blob/master/logs/all.txt`],
  ['missing file', `${PROJECT_PATH}/blob/master/no.py`],
  ['history', `${PROJECT_PATH}/commits/master`],
  ['commit', (suite) => `${PROJECT_PATH}/commit/${newest(suite)}`],
  ['branches', `${PROJECT_PATH}/branches`],
  ['edit', `${PROJECT_PATH}/edit/master/train.py`],
  ['new file', `${PROJECT_PATH}/new/master/mnist`],
  ['upload', `${PROJECT_PATH}/upload/master`],
  ['importing', '/zhangwei/segment'],
  ['import failed', '/zhangwei/segment-old'],
  ['missing project', '/zhangwei/no-such-project'],
  ['project settings', `${PROJECT_PATH}/settings/general`],
  ['members', `${PROJECT_PATH}/settings/members`],
  ['data sets', `${PROJECT_PATH}/datasets`],
  ['no data sets', '/zhangwei/empty-project/datasets'],
  ['data set', `${PROJECT_PATH}/datasets/MnistDataset_torch`],
  ['data set that failed', `${PROJECT_PATH}/datasets/lung-ct-2024`],
  ['missing data set', `${PROJECT_PATH}/datasets/none`],
  ['data folder', `${MNIST}/train`],
  ['data text', `${MNIST}/labels.csv`],
  ['data picture', `${MNIST}/train/0/1.png`],
  ['public data sets', '/explore/datasets'],
  ['models', `${PROJECT_PATH}/models`],
  ['no models', '/zhangwei/empty-project/models'],
  ['model', `${PROJECT_PATH}/models/mnist-cnn`],
  ['model version', `${PROJECT_PATH}/models/mnist-cnn/V0001`],
  ['model that is imported', `${PROJECT_PATH}/models/resnet50-cosine`],
  ['public models', '/explore/models'],
  ['new task', `${PROJECT_PATH}/cloudbrain/train/new`],
  ['new inference task', `${PROJECT_PATH}/cloudbrain/infer/new?model=mnist-cnn`],
  [
    'modified task',
    ({ mock }) =>
      `${PROJECT_PATH}/cloudbrain/train/new?from=${mock.world.named('mnist-pytorch-example').task.id}`,
  ],
  ['profile', '/settings/profile'],
  ['tokens', '/settings/tokens'],
  ['users', '/admin/users'],
  ['invitations', '/admin/invitations'],
  ['platform settings', '/admin/settings'],
];

describe.each(LOOKS)('in $name', (look) => {
  const suite = useSuite({ ...look, height: 900 });
  it.each(SCREENS)('%s is accessible, fits, and has no complaints', async (_name, path) => {
    const page = await suite.open(typeof path === 'string' ? path : path(suite));
    await settled(page);
    await page.locator('h1').first().waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await overflow(page)]).toEqual([width, 0]);
    }
    await page.close();
    expect(suite.complaints).toEqual([]);
  });
});
