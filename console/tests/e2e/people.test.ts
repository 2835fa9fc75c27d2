import { afterAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../fixtures/browser';
import { useSuite } from '../fixtures/suite';

const suite = useSuite();
const people = () => suite.mock.world.people;
afterAll(() => expect(suite.complaints).toEqual([]));

describe('signing up', () => {
  it('takes the invitation from the address, and says what is wrong at its field', async () => {
    const browser = await startBrowser();
    const { page } = await browser.open(`${suite.address}/sign-up?invitation=welcome`);
    expect(await page.getByLabel('邀请码').inputValue()).toBe('welcome');
    await page.getByLabel('用户名').fill('lina');
    await page.getByLabel('密码', { exact: true }).fill('short');
    await page.getByRole('button', { name: '注册' }).click();
    await page.getByText('密码至少需要 8 个字符').waitFor();
    await page.getByLabel('密码', { exact: true }).fill('long enough');
    await page.getByRole('button', { name: '注册' }).click();
    await page.getByText('用户名 lina 已被使用。').waitFor();
    await page.getByLabel('用户名').fill('newcomer');
    await page.getByRole('button', { name: '注册' }).click();
    await page.getByRole('button', { name: '账户' }).waitFor();
    await browser.close();
  });

  it('is said to be closed when it is', async () => {
    people().settings.sign_up = 'closed';
    const browser = await startBrowser();
    const { page } = await browser.open(`${suite.address}/sign-up`);
    await page.getByText('注册没有开放').waitFor();
    expect(await page.getByRole('button', { name: '注册' }).count()).toBe(0);
    people().settings.sign_up = 'open';
    await page.goto(`${suite.address}/login`);
    await page.getByRole('link', { name: '注册' }).waitFor();
    people().settings.sign_up = 'invitation';
    await browser.close();
  });
});

describe('the own account', () => {
  it('changes its password, and stays signed in when the current one is wrong', async () => {
    const page = await suite.open('/settings/profile');
    await page.getByLabel('当前密码').fill('wrong');
    await page.getByLabel('新密码', { exact: true }).fill('correct horse');
    await page.getByLabel('再次输入新密码').fill('correct house');
    await page.getByRole('button', { name: '修改密码' }).click();
    await page.getByText('两次输入的密码不同').waitFor();
    await page.getByLabel('再次输入新密码').fill('correct horse');
    await page.getByRole('button', { name: '修改密码' }).click();
    await page.getByText('当前密码不正确。').waitFor();
    await page.getByLabel('当前密码').fill('cloudbrain');
    await page.getByRole('button', { name: '修改密码' }).click();
    await page.getByText('密码已修改').waitFor();
    expect(suite.mock.world.password).toBe('correct horse');
    suite.mock.world.password = 'cloudbrain';
    await page.close();
  });

  it('makes an access token that is shown once, and deletes one', async () => {
    const page = await suite.open('/settings/tokens');
    await page.getByLabel('用途').fill('ci');
    await page.getByLabel('任务', { exact: false }).check();
    await page.getByRole('button', { name: '生成令牌' }).click();
    await page.getByRole('alert').getByText('c0ffee').waitFor();
    expect(people().tokens[0]).toMatchObject({ name: 'ci', scopes: ['read', 'write', 'task'] });
    await page.reload();
    await page.getByText('ci', { exact: true }).waitFor();
    expect(await page.getByText('c0ffee').count()).toBe(0);
    await page.getByRole('button', { name: '删除令牌 ci' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await expect.poll(() => people().tokens.map(({ name }) => name)).not.toContain('ci');
    await page.close();
  });
});

describe('the administrator', () => {
  it('finds a user, sets a quota, disables and enables', async () => {
    const page = await suite.open('/admin/users');
    const lina = () => people().users.find(({ name }) => name === 'lina');
    await page.getByLabel('搜索用户').fill('lina');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: '管理 lina' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: '训练任务' }).fill('7');
    await dialog.getByRole('textbox', { name: '存储空间' }).fill('');
    await dialog.getByRole('button', { name: '保存配额' }).click();
    await expect.poll(() => lina()?.quota.tasks_train).toBe(7);
    expect(lina()?.quota.storage_bytes).toBeNull();
    await dialog.getByRole('button', { name: '停用账户' }).click();
    await dialog.getByRole('button', { name: '启用账户' }).waitFor();
    expect(lina()?.disabled).toBe(true);
    await dialog.getByRole('button', { name: '启用账户' }).click();
    await expect.poll(() => lina()?.disabled).toBe(false);
    await page.close();
  });

  it('is told that the last administrator stays', async () => {
    const page = await suite.open('/admin/users');
    await page.getByRole('button', { name: '管理 zhangwei' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停用账户' }).click();
    await page.getByRole('alert').getByText('最后一个可用的管理员').waitFor();
    await page.close();
  });

  it('invites somebody with a link that is shown once', async () => {
    const page = await suite.open('/admin/invitations');
    await page.getByLabel('备注').fill('新同学');
    await page.getByLabel('可用次数').fill('3');
    await page.getByRole('button', { name: '生成邀请' }).click();
    await page.getByText(`${suite.address}/sign-up?invitation=welcome`).waitFor();
    expect(people().invitations[0]).toMatchObject({ note: '新同学', uses_left: 3 });
    await page.close();
  });

  it('changes the settings of the platform', async () => {
    const page = await suite.open('/admin/settings');
    await page.getByText('任何能访问的人').click();
    await page.getByLabel('单个文件上限').fill('a lot');
    await page.getByText('请填写大小，例如 2 GiB').waitFor();
    expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true);
    await page.getByLabel('单个文件上限').fill('200 MiB');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').waitFor();
    expect(people().settings).toMatchObject({ sign_up: 'open', max_file_bytes: 200 * 2 ** 20 });
    people().settings.sign_up = 'invitation';
    await page.close();
  });
});
