import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));
afterEach(() => {
  suite.mock.world.things.cutAt = Infinity;
});
const file = (name: string, text: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(text),
});
const set = (name: string) => suite.mock.world.things.datasets.find((one) => one.name === name);

describe('a data set', () => {
  it('is made of an uploaded file, which goes on while one looks elsewhere', async () => {
    const { things } = suite.mock.world;
    things.cutAt = 3;
    const page = await suite.open(`${PROJECT_PATH}/datasets`);
    await page.getByRole('button', { name: '上传', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('input[type="file"]')
      .setInputFiles([file('cats.zip', 'cats'), file('dogs.zip', 'dogs')]);
    await expect.poll(() => things.uploads.some(({ offset }) => offset === 3)).toBe(true);
    await dialog.getByRole('button', { name: '关闭' }).first().click();
    await page.getByRole('link', { name: '代码', exact: true }).click();
    things.cutAt = Infinity;
    await page.getByRole('region', { name: '上传' }).getByText('2 个文件已上传').waitFor();
    expect(set('cats.zip')?.files.map(({ size }) => size)).toEqual([4]);
    await page.getByRole('button', { name: '清除已结束的' }).click();
    await page.getByRole('region', { name: '上传' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: '数据集', exact: true }).click();
    await page.getByRole('link', { name: 'dogs.zip' }).waitFor();
    await page.close();
  });

  it('that was seen to arrive is not told of again', async () => {
    const page = await suite.open(`${PROJECT_PATH}/datasets`);
    await page.getByRole('button', { name: '上传', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type="file"]').setInputFiles(file('birds.zip', 'birds'));
    await dialog.getByText('已完成').waitFor();
    await dialog.getByRole('button', { name: '关闭' }).first().click();
    await page.getByRole('link', { name: 'birds.zip' }).waitFor();
    expect(await page.getByRole('region', { name: '上传' }).count()).toBe(0);
    await page.close();
  });

  it('goes on from where its upload was cut, after a reload, when the file is picked again', async () => {
    const { things } = suite.mock.world;
    things.cutAt = 3;
    const page = await suite.open(`${PROJECT_PATH}/datasets/faces`);
    const { mkdtempSync, writeFileSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/console-upload-');
    writeFileSync(`${folder}/part3.tar.gz`, '0123456789');
    const pick = async () => {
      await page.getByRole('button', { name: '上传文件' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.locator('input[type="file"]').setInputFiles(`${folder}/part3.tar.gz`);
      return dialog;
    };
    await pick();
    await expect
      .poll(() => things.uploads.find((one) => one.file === 'part3.tar.gz')?.offset)
      .toBe(3);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    things.cutAt = Infinity;
    await page.getByRole('button', { name: '上传文件' }).click();
    await page.getByRole('dialog').getByText('未完成的上传').waitFor();
    await page.keyboard.press('Escape');
    const dialog = await pick();
    await dialog.getByText('已完成').waitFor();
    expect(things.uploads.filter((one) => one.file === 'part3.tar.gz')).toHaveLength(1);
    expect(Buffer.concat(things.uploads.at(-1)?.received ?? []).toString()).toBe('3456789');
    await page.close();
  });

  it('is walked through, and nothing in it is taken for a page', async () => {
    const page = await suite.open(`${PROJECT_PATH}/datasets/MnistDataset_torch`);
    await page.getByRole('link', { name: 'MnistDataset_torch.zip', exact: true }).click();
    await page.getByRole('link', { name: 'sample.html' }).click();
    await page.getByText('window.broken').waitFor();
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    await page.goBack();
    await page.getByRole('link', { name: 'train' }).click();
    await page.getByRole('link', { name: '0', exact: true }).click();
    await page.getByRole('link', { name: '1.png' }).click();
    const picture = page.getByRole('img', { name: '1.png' });
    await expect
      .poll(() => picture.evaluate((one: HTMLImageElement) => one.naturalWidth))
      .toBe(200);
    await page.close();
  });

  it('says which tasks use it when it cannot be deleted', async () => {
    const page = await suite.open(`${PROJECT_PATH}/datasets/MnistDataset_torch`);
    await page.getByRole('button', { name: '删除数据集' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click();
    await page.getByText('resnet50-cosine V0001、yolov8-traffic-v3 V0001').waitFor();
    await page.close();
  });

  it('that failed says what to do, and is unpacked again', async () => {
    const page = await suite.open(`${PROJECT_PATH}/datasets/lung-ct-2024`);
    await page.getByText('请在本地用 unzip -t 检查').waitFor();
    await page.getByRole('button', { name: '重新解压' }).click();
    await page.getByText('等待解压').waitFor();
    await page.close();
  });

  it('of another project is searched and linked', async () => {
    const page = await suite.open('/explore/datasets');
    await page.getByRole('searchbox').fill('imagenet');
    await expect.poll(() => page.locator('main li').count()).toBe(1);
    await page.getByRole('button', { name: '添加到项目' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('项目').selectOption('zhangwei/mnist-classification');
    await dialog.getByRole('button', { name: '添加', exact: true }).click();
    await page.getByText('已添加 imagenet-mini').waitFor();
    await page.close();
  });
});

describe('a model', () => {
  it('is made of the results of a task, and leads back to it', async () => {
    const task = suite.mock.world.named('mnist-pytorch-example');
    const page = await suite.open(suite.taskPath(task, 'results'));
    await page.getByRole('button', { name: '导入模型' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称', { exact: false }).first().fill('mnist-lenet');
    await dialog.getByLabel('文件').selectOption('some');
    await dialog.getByLabel('mnist_cnn.pth').check();
    await dialog.getByRole('button', { name: '添加指标' }).click();
    await dialog.getByLabel('指标名称').fill('accuracy');
    await dialog.getByLabel('数值').fill('0.9887');
    await dialog.getByRole('button', { name: '导入', exact: true }).click();
    await page.getByRole('heading', { name: 'mnist-lenet' }).waitFor();
    await page.getByRole('cell', { name: 'mnist_cnn.pth', exact: true }).waitFor();
    await page.getByRole('link', { name: 'mnist-pytorch-example V0003' }).first().waitFor();
    expect(suite.mock.world.things.models.at(-1)?.list[0]?.files).toHaveLength(1);
    await page.close();
  });

  it('gets a version of uploaded files', async () => {
    const page = await suite.open(`${PROJECT_PATH}/models/mnist-cnn`);
    await page.getByRole('button', { name: '上传新版本' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type="file"]').setInputFiles([file('weights.bin', 'abc')]);
    await dialog.getByText('已完成').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('cell', { name: 'weights.bin', exact: true }).waitFor();
    await page.close();
  });
});
