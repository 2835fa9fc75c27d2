// Projects and code against the real server: what the mock says of the API holds there too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { startBrowser, type Browser } from '../fixtures/browser';
import { PASSWORD, startServer, type RealServer } from '../fixtures/real-server';

let server: RealServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  await browser.context.request.post(`${server.address}/api/v2/session`, {
    data: { name: 'admin', password: PASSWORD },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(path: string): Promise<Page> {
  const { page } = await browser.open(server.address + path);
  return page;
}

describe('the code of a project', () => {
  it('begins with an example, is edited, and has its commits', async () => {
    const page = await open('/new?from=example');
    await page.locator('label', { hasText: 'PyTorch' }).click();
    await page.getByLabel('项目名称').fill('mnist');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByRole('link', { name: 'train.py', exact: true }).click();
    await page.getByRole('link', { name: '编辑 train.py' }).click();
    await page.getByLabel('文件内容').fill('print("hello")\n');
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByText('print("hello")').waitFor();
    await page.getByRole('link', { name: '更新 train.py' }).first().click();
    await page.getByText('修改了 1 个文件').waitFor();
    await page.locator('tr.add', { hasText: 'print("hello")' }).waitFor();
    await page.close();
  });

  it('refuses a commit on a branch that moved, and keeps what was typed', async () => {
    const page = await open('/admin/mnist/edit/main/README.md');
    await page.getByLabel('文件内容').fill('mine\n');
    const { default_branch } = await server.call<{ default_branch: string }>(
      'GET',
      '/projects/admin/mnist',
    );
    expect(default_branch).toBe('main');
    await server.call('POST', '/projects/admin/mnist/commits', {
      branch: 'main',
      message: 'theirs',
      files: [{ path: 'theirs.txt', content: 'theirs\n' }],
    });
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('alert').getByText('分支 main 已经变化').waitFor();
    expect(await page.getByLabel('文件内容').inputValue()).toBe('mine\n');
    await page.getByRole('button', { name: '提交到新分支' }).click();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByText('mine').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/admin/mnist/blob/main-1/README.md');
    await page.close();
  });

  it('takes files of a zip, and uploads beside them', async () => {
    await server.call('POST', '/projects', { name: 'files', readme: true });
    const page = await open('/admin/files/upload/main');
    await page.locator('input[type="file"]').setInputFiles([
      { name: 'a.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 255, 7]) },
      { name: '说明.md', mimeType: 'text/plain', buffer: Buffer.from('# 你好\n') },
    ]);
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.getByRole('link', { name: '说明.md', exact: true }).click();
    await page.getByRole('heading', { name: '你好' }).waitFor();
    await page.goto(`${server.address}/admin/files/blob/main/a.bin`);
    await page.getByText('二进制文件').waitFor();
    await page.close();
  });

  it('is forked, renamed and deleted', async () => {
    const page = await open('/examples/mnist-gpu');
    await page.getByRole('button', { name: '派生' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('项目名称').fill('forked');
    await dialog.getByRole('button', { name: '派生' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/forked');
    await page.getByRole('link', { name: 'train.py', exact: true }).waitFor();
    await page.getByRole('link', { name: '设置' }).click();
    await page.getByLabel('项目名称').fill('renamed');
    await page.getByRole('button', { name: '保存' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/renamed/settings/general');
    await page.goto(`${server.address}/admin/forked`);
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/renamed');
    await page.goto(`${server.address}/admin/renamed/settings/general`);
    await page.getByRole('button', { name: '删除项目' }).click();
    await dialog.getByLabel('请输入 admin/renamed 确认').fill('admin/renamed');
    await dialog.getByRole('button', { name: '删除项目' }).click();
    await page.getByText('已删除 admin/renamed').waitFor();
    await page.close();
  });
});

describe('people', () => {
  it('are invited, sign up, and are seen by the administrator', async () => {
    const page = await open('/admin/settings');
    await page.getByText('需要邀请链接').click();
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').waitFor();
    await page.goto(`${server.address}/admin/invitations`);
    await page.getByRole('button', { name: '生成邀请' }).click();
    const link = await page.getByRole('alert').locator('code').innerText();
    const other = await startBrowser();
    const { page: theirs } = await other.open(link);
    await theirs.getByLabel('用户名').fill('lina');
    await theirs.getByLabel('密码', { exact: true }).fill('a long password');
    await theirs.getByRole('button', { name: '注册' }).click();
    await theirs.getByRole('button', { name: '账户' }).waitFor();
    await other.close();
    await page.goto(`${server.address}/admin/users?q=lina`);
    await page.getByRole('button', { name: '管理 lina' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: '训练任务' }).fill('2');
    await dialog.getByRole('button', { name: '保存配额' }).click();
    await page.getByText('已保存').first().waitFor();
    await dialog.getByRole('button', { name: '停用账户' }).click();
    await dialog.getByRole('button', { name: '启用账户' }).waitFor();
    await page.close();
  });

  it('make tokens that work', async () => {
    const page = await open('/settings/tokens');
    await page.getByLabel('用途').fill('ci');
    await page.getByRole('button', { name: '生成令牌' }).click();
    const token = await page.getByRole('alert').locator('code').innerText();
    expect(token).toMatch(/^[0-9a-f]{40}$/);
    const answer = await fetch(`${server.address}/api/v2/me`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    await page.close();
  });
});
