import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));
const NEW = `${PROJECT_PATH}/cloudbrain/train/new`;
const posted = () =>
  suite.mock.seen.filter((one) => one === `POST /api/v2/projects${PROJECT_PATH}/tasks`);

describe('a new task', () => {
  it('is submitted once, with all that was chosen, by Ctrl+Enter', async () => {
    const page = await suite.open(NEW);
    await page.getByText('名称可用').waitFor();
    await page.getByLabel('任务名称').fill('sweep-1');
    await page.getByRole('button', { name: '添加数据集' }).click();
    await page.getByLabel('labels.csv').check();
    await page.getByLabel('MnistDataset_torch').check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '全部添加' }).click();
    await page.getByRole('button', { name: '粘贴 --a=1 --b=2' }).click();
    await page.getByLabel('命令行参数').fill("--epochs 9 --note='a b'");
    await page.getByRole('button', { name: '添加 2 个参数' }).click();
    await page.getByLabel('cpu-2').check();
    const command = page.getByRole('region', { name: '完整命令' });
    expect(await command.innerText()).toContain("'--note=a b'");
    await page.getByRole('tab', { name: 'CLI' }).click();
    expect(await command.innerText()).toContain('--dataset faces/labels.csv');
    const before = posted().length;
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'sweep-1' }).waitFor();
    expect(posted().length).toBe(before + 1);
    const { task } = suite.mock.world.named('sweep-1');
    expect(task.datasets).toEqual(['faces/labels.csv', 'MnistDataset_torch']);
    expect(task.params.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'epochs=9',
      'lr=1e-3',
      'optimizer=adam',
      'note=a b',
    ]);
    expect(task.spec).toBe('cpu-2');
    await page.close();
  });

  it('says at each field what is wrong, by itself and by the server', async () => {
    const page = await suite.open(NEW);
    const name = page.getByLabel('任务名称');
    await name.fill('Bad_');
    await page.getByText('只能以小写字母或数字开头').waitFor();
    await name.fill('resnet50-cosine');
    await page.getByText('项目里已有任务 resnet50-cosine').waitFor();
    await name.fill('good-one');
    await page.getByText('名称可用').waitFor();
    const script = page.getByLabel('启动文件', { exact: false }).first();
    await script.fill('nowhere.py');
    await page.getByText('master 的最新提交里没有这个文件').waitFor();
    await page.getByLabel('最长运行时间（小时）').fill('-1');
    await page.getByText('请填写大于 0 的数字').waitFor();
    await page.getByLabel('最长运行时间（小时）').fill('48');
    // This one the server alone knows to be wrong.
    await script.fill('gone.py');
    await page.getByRole('button', { name: '提交任务' }).click();
    await page.getByText('最新提交里没有文件“gone.py”').waitFor();
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value))
      .toBe('gone.py');
    await page.close();
  });

  it('offers only what the cluster takes', async () => {
    const page = await suite.open(NEW);
    const image = page.getByLabel('镜像', { exact: true });
    const offered = () => image.locator('option').allInnerTexts();
    // Recommended ones come first; one for NPUs is not among them.
    await expect
      .poll(offered)
      .toEqual([
        'cuda124-pytorch24 · PyTorch 2.4',
        'host · 本机自带的 Python 环境',
        'private-llm',
        '外部镜像',
      ]);
    await image.selectOption('外部镜像');
    await page.getByLabel('外部镜像地址').fill('docker.io/library/python:3.12');
    await page.getByLabel('最长运行时间（小时）').fill('8');
    await page.getByText('智算集群').click();
    await page.getByText('集群 智算集群 不允许外部镜像').waitFor();
    await page.getByText('这个集群的任务最长运行 6 小时').waitFor();
    await image.selectOption({ index: 0 });
    await expect.poll(offered).toEqual(['host · 本机自带的 Python 环境']);
    await page.getByText('空闲 8').waitFor();
    await page.close();
  });

  it('keeps what was typed when one leaves and comes back', async () => {
    const page = await suite.open(NEW);
    await page.getByLabel('任务描述').fill('余弦学习率');
    await page.getByRole('link', { name: '代码', exact: true }).click();
    await page.getByRole('link', { name: 'train.py', exact: true }).first().waitFor();
    await page.goBack();
    await page.getByText('已恢复上次填写的内容').waitFor();
    expect(await page.getByLabel('任务描述').inputValue()).toBe('余弦学习率');
    await page.getByRole('button', { name: '重新填写' }).click();
    expect(await page.getByLabel('任务描述').inputValue()).toBe('');
    await page.close();
  });

  it('of the kind inference needs a model', async () => {
    const page = await suite.open(`${PROJECT_PATH}/cloudbrain/infer/new`);
    await page.getByLabel('启动文件', { exact: false }).first().fill('inference.py');
    await page.getByRole('button', { name: '提交任务' }).click();
    await page.getByText('推理任务需要选择模型').waitFor();
    await page.getByLabel('模型名称').selectOption('mnist-cnn');
    await expect.poll(() => page.getByLabel('模型文件').inputValue()).toBe('mnist_cnn.pth');
    await page.getByText('--ckpt_url=/model/mnist_cnn.pth').waitFor();
    await page.close();
  });
});

describe('a modified task', () => {
  it('begins with what the task had, and tells what differs', async () => {
    const { task } = suite.mock.world.named('mnist-pytorch-example');
    const page = await suite.open(`${PROJECT_PATH}/cloudbrain/train/${task.id}/overview`);
    await page.getByRole('link', { name: '修改' }).click();
    await page.getByText('还没有修改').waitFor();
    await page.getByLabel('cpu-1').check();
    await page.getByText('已修改 1 项').waitFor();
    await page.getByRole('button', { name: '提交为新版本' }).click();
    await page.waitForURL(/cloudbrain\/train\/\d+\/overview/);
    await page.getByRole('link', { name: '配置信息' }).click();
    const changes = page.getByRole('region', { name: '与上一版本的不同' });
    await changes.getByText('cpu-4').waitFor();
    await changes.getByText('cpu-1').waitFor();
    await page.close();
  });
});
