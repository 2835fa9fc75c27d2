import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));
const results = () =>
  suite.open(suite.taskPath(suite.mock.world.named('mnist-pytorch-example'), 'results'));

describe('the results of a task', () => {
  it('are walked through by folders, which have addresses', async () => {
    const page = await results();
    await page.getByRole('link', { name: 'checkpoints', exact: true }).click();
    await page.getByRole('link', { name: 'ckpt_epoch10.pt', exact: true }).waitFor();
    const names = await page.locator('td.name').allInnerTexts();
    expect(names.map((name) => name.trim())).toEqual([
      'optimizer',
      ...[1, 2, 3, 4, 5, 10].map((epoch) => `ckpt_epoch${epoch}.pt`),
    ]);
    await page.reload();
    await page.getByRole('link', { name: 'ckpt_epoch10.pt', exact: true }).waitFor();
    await page.getByRole('link', { name: '结果', exact: true }).click();
    await page.getByRole('link', { name: 'mnist_cnn.pth', exact: true }).waitFor();
    await page.close();
  });

  it('are downloaded one by one, whatever their names', async () => {
    const page = await results();
    await page.getByRole('link', { name: '图表', exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 损失曲线.png' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('损失曲线.png');
    expect(readFileSync(await download.path()).length).toBe(48_211);
    await page.close();
  });

  it('are downloaded all at once, or a folder of them, as a zip', async () => {
    const page = await results();
    const [all] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '全部下载' }).click(),
    ]);
    expect(all.suggestedFilename()).toMatch(/\.zip$/);
    expect(
      readFileSync(await all.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    const [folder] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 checkpoints' }).click(),
    ]);
    expect(readFileSync(await folder.path()).toString('latin1')).not.toContain('mnist_cnn.pth');
    await page.close();
  });

  it('appear while the task still runs', async () => {
    const task = suite.mock.world.addTask({
      name: 'writes-results',
      state: 'RUNNING',
      age: 60_000,
      ran: 40_000,
    });
    const page = await suite.open(suite.taskPath(task, 'results'));
    await page.getByText('脚本写入 /model 的文件会出现在这里').waitFor();
    task.output.push({ path: 'first.pt', content: Buffer.from('weights'), at: Date.now() });
    await page.getByRole('link', { name: 'first.pt', exact: true }).waitFor();
    await page.close();
  });
});
