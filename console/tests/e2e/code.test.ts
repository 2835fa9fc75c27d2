import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));
const repository = () => {
  const found = suite.mock.world.repositories.get(PROJECT_PATH.slice(1));
  if (found === undefined) throw new Error('no repository');
  return found;
};
const textOf = (branch: string, path: string) =>
  repository().find(branch)?.files.get(path)?.toString();

describe('the code of a project', () => {
  it('is walked through by folders and branches, which have addresses', async () => {
    const page = await suite.open(PROJECT_PATH);
    await page.getByRole('link', { name: 'mnist', exact: true }).click();
    await page.getByRole('link', { name: 'model.py', exact: true }).click();
    await page.getByText('class LeNet(nn.Module):').waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PROJECT_PATH}/blob/master/mnist/model.py`);
    await page.goBack();
    await page.getByRole('button', { name: '分支 master' }).click();
    await page.getByLabel('查找分支').fill('cos');
    await page.getByRole('link', { name: 'lr/cosine' }).click();
    await page.getByRole('button', { name: '分支 lr/cosine' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PROJECT_PATH}/tree/lr%2Fcosine/mnist`);
    await page.reload();
    await page.getByRole('link', { name: 'data.py', exact: true }).waitFor();
    await page.close();
  });

  it('is cloned by an address that is there to copy', async () => {
    const page = await suite.open(PROJECT_PATH);
    await page.getByRole('button', { name: '克隆' }).click();
    const address = `${suite.address}${PROJECT_PATH}.git`;
    expect(await page.getByLabel('克隆地址', { exact: true }).inputValue()).toBe(address);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('克隆');
    await page.close();
  });

  it('has lines with addresses', async () => {
    const page = await suite.open(`${PROJECT_PATH}/blob/master/train.py`);
    await page.locator('a.no', { hasText: /^12$/ }).click();
    await page.locator('a.no', { hasText: /^14$/ }).click({ modifiers: ['Shift'] });
    await expect.poll(() => new URL(page.url()).hash).toBe('#L12-L14');
    expect(await page.locator('.line.on').count()).toBe(3);
    await page.close();
  });

  it('has a history, with the changes of each commit', async () => {
    const page = await suite.open(`${PROJECT_PATH}/commits/master/README.md`);
    await page.getByRole('link', { name: 'README：写明数据与结果的位置' }).click();
    await page.getByText('数据在 /dataset，结果写到 /model。').first().waitFor();
    await page.getByText('修改了 1 个文件').waitFor();
    await page.locator('tr.delete', { hasText: '# MNIST' }).waitFor();
    await page.locator('tr.add', { hasText: '# MNIST 手写数字识别' }).waitFor();
    await page.close();
  });
});

describe('a commit from the browser', () => {
  it('changes a file, with the line ends that it had', async () => {
    repository().commit('ends', 'ends', (files) => files.set('w.txt', Buffer.from('a\r\nb\r\n')), {
      from: 'master',
    });
    const page = await suite.open(`${PROJECT_PATH}/edit/ends/w.txt`);
    await page.getByLabel('文件内容').fill('a\nb\nc\n');
    await page.getByLabel('提交说明').fill('加一行');
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('link', { name: '加一行' }).waitFor();
    expect(textOf('ends', 'w.txt')).toBe('a\r\nb\r\nc\r\n');
    await page.close();
  });

  it('makes a file in a new folder on a new branch', async () => {
    const page = await suite.open(`${PROJECT_PATH}/new/master`);
    await page.getByLabel('文件路径').fill('configs/lr.yaml');
    await page.getByLabel('文件内容').fill('lr: 0.1\n');
    await page.getByText('提交到新分支').click();
    await page.getByLabel('分支名').fill('feature/lr');
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByText('lr: 0.1').waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PROJECT_PATH}/blob/feature%2Flr/configs/lr.yaml`);
    expect(textOf('master', 'configs/lr.yaml')).toBeUndefined();
    await page.close();
  });

  it('is refused when the branch has moved, and what was typed is kept', async () => {
    const page = await suite.open(`${PROJECT_PATH}/edit/master/requirements.txt`);
    await page.getByLabel('文件内容').fill('torch>=2.4\n');
    await page.getByLabel('提交说明').fill('更新依赖');
    repository().commit('master', '别人的修改', (files) =>
      files.set('requirements.txt', Buffer.from('torch>=2.2\n')),
    );
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('alert').getByText('分支 master 已经变化').waitFor();
    expect(await page.getByLabel('文件内容').inputValue()).toBe('torch>=2.4\n');
    expect(await page.getByLabel('提交说明').inputValue()).toBe('更新依赖');
    expect(textOf('master', 'requirements.txt')).toBe('torch>=2.2\n');

    await page.getByRole('button', { name: '提交到新分支' }).click();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByText('torch>=2.4').waitFor();
    expect(textOf('master-1', 'requirements.txt')).toBe('torch>=2.4\n');
    expect(textOf('master', 'requirements.txt')).toBe('torch>=2.2\n');
    await page.close();
  });

  it('goes on top of what came in between when the person wants that', async () => {
    const page = await suite.open(`${PROJECT_PATH}/edit/master/run.sh`);
    await page.getByLabel('文件内容').fill('python train.py\n');
    repository().commit('master', '再一次修改', (files) => files.set('new.txt', Buffer.from('x')));
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('button', { name: '仍然提交' }).click();
    await page.getByText('python train.py', { exact: true }).waitFor();
    expect(textOf('master', 'run.sh')).toBe('python train.py\n');
    expect(textOf('master', 'new.txt')).toBe('x');
    await page.close();
  });

  it('uploads several files at once', async () => {
    const page = await suite.open(`${PROJECT_PATH}/upload/master/mnist`);
    await page.locator('input[type="file"]').setInputFiles([
      { name: 'a.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 255, 7]) },
      { name: '说明.txt', mimeType: 'text/plain', buffer: Buffer.from('你好\n') },
    ]);
    await page.getByRole('button', { name: '移除 a.bin' }).waitFor();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('link', { name: '说明.txt', exact: true }).waitFor();
    expect(repository().find('master')?.files.get('mnist/a.bin')).toEqual(Buffer.from([0, 255, 7]));
    expect(textOf('master', 'mnist/说明.txt')).toBe('你好\n');
    await page.close();
  });

  it('deletes a file after a question', async () => {
    const page = await suite.open(`${PROJECT_PATH}/blob/master/LICENSE`);
    await page.getByRole('button', { name: '删除 LICENSE' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除文件' }).click();
    await page.getByText('已删除 LICENSE').waitFor();
    await page
      .getByRole('region', { name: '文件' })
      .getByRole('link', { name: 'train.py', exact: true })
      .waitFor();
    expect(textOf('master', 'LICENSE')).toBeUndefined();
    await page.close();
  });

  it('is not offered to readers, and not on a commit of the past', async () => {
    const page = await suite.open('/lina/bert-base-chinese/blob/master/train.py');
    await page.getByText('import argparse').waitFor();
    expect(await page.getByRole('link', { name: '编辑 train.py' }).count()).toBe(0);
    const first = [...repository().commits.keys()][0] ?? '';
    await page.goto(`${suite.address}${PROJECT_PATH}/tree/${first}`);
    await page
      .getByRole('region', { name: '文件' })
      .getByRole('link', { name: 'train.py', exact: true })
      .waitFor();
    expect(await page.getByRole('link', { name: '新建文件' }).count()).toBe(0);
    await page.close();
  });
});

describe('branches', () => {
  it('are made from the picker and deleted from their list', async () => {
    const page = await suite.open(PROJECT_PATH);
    await page.getByRole('button', { name: '分支 master' }).click();
    await page.getByLabel('查找分支').fill('try-this');
    await page.getByRole('button', { name: '从 master 新建分支 try-this' }).click();
    await page.getByRole('button', { name: '分支 try-this' }).waitFor();
    await page.goto(`${suite.address}${PROJECT_PATH}/branches`);
    await page.getByRole('button', { name: '删除分支 try-this' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await page.getByText('已删除分支 try-this').waitFor();
    expect(repository().branches.has('try-this')).toBe(false);
    expect(await page.getByRole('button', { name: '删除分支 master', exact: true }).count()).toBe(
      0,
    );
    await page.close();
  });
});
