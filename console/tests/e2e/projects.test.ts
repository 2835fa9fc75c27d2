import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));

describe('the projects', () => {
  it('are searched, and the search stays in the address', async () => {
    const page = await suite.open('/explore/projects');
    await page.getByRole('link', { name: 'unet-lung-ct' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('bert');
    await expect.poll(() => page.locator('main li').count()).toBe(1);
    expect(new URL(page.url()).search).toBe('?q=bert');
    await page.getByRole('link', { name: 'bert-base-chinese' }).click();
    await page.getByRole('button', { name: '分支 master' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.locator('main li').count()).toBe(1);
    await page.close();
  });
});

describe('a new project', () => {
  it('begins with an example', async () => {
    const page = await suite.open('/new');
    await page.getByText('从示例创建').click();
    await page.getByText('MNIST（PyTorch）').click();
    expect(await page.getByLabel('项目名称').inputValue()).toBe('mnist-gpu');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByRole('heading', { name: 'MNIST 手写数字识别' }).waitFor();
    await page.close();
  });

  it('is imported from a URL: it says so while that goes on, and shows the code afterwards', async () => {
    const page = await suite.open('/new?from=url');
    await page.getByLabel('仓库地址').fill('https://git.example.org/vision/pets.git');
    expect(await page.getByLabel('项目名称').inputValue()).toBe('pets');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByText('正在导入代码').waitFor();
    const { world } = suite.mock;
    world.repositories
      .get('zhangwei/pets')
      ?.commit('main', 'all', (files) => files.set('pets.py', Buffer.from('')));
    Object.assign(world.project('zhangwei/pets') ?? {}, { state: 'ready' });
    await page.getByRole('link', { name: 'pets.py', exact: true }).waitFor();
    await page.close();
  });

  it('whose import failed says why', async () => {
    const page = await suite.open('/zhangwei/segment-old');
    await page.getByText('需要用户名和密码').waitFor();
    await page.getByRole('link', { name: '换个地址再试' }).waitFor();
    await page.close();
  });

  it('begins with the files of a zip', async () => {
    const page = await suite.open('/new?from=zip');
    const zip = { name: 'my code.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') };
    await page.locator('input[type="file"]').setInputFiles(zip);
    expect(await page.getByLabel('项目名称').inputValue()).toBe('my-code');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByRole('link', { name: 'from-zip.txt', exact: true }).waitFor();
    await page.close();
  });
});

describe('a fork', () => {
  it('is an own copy with a name of its own', async () => {
    const page = await suite.open('/lina/bert-base-chinese');
    await page.getByRole('button', { name: '派生' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('项目名称').fill('bert-mine');
    await dialog.getByRole('button', { name: '派生' }).click();
    await page
      .getByRole('complementary')
      .getByRole('link', { name: 'lina/bert-base-chinese' })
      .waitFor();
    expect(new URL(page.url()).pathname).toBe('/zhangwei/bert-mine');
    await page.close();
  });

  it('says when the name is taken', async () => {
    const page = await suite.open('/lina/bert-base-chinese');
    await page.getByRole('button', { name: '派生' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('项目名称').fill('empty-project');
    await dialog.getByRole('button', { name: '派生' }).click();
    await dialog.getByText('你已经有项目 zhangwei/empty-project。').waitFor();
    await page.close();
  });
});

describe('the settings of a project', () => {
  it('rename it; the old address leads to the new one', async () => {
    const page = await suite.open('/zhangwei/resnet50-imagenet/settings/general');
    await page.getByLabel('项目名称').fill('resnet50');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').first().waitFor();
    await expect
      .poll(() => new URL(page.url()).pathname)
      .toBe('/zhangwei/resnet50/settings/general');
    await page.goto(`${suite.address}/zhangwei/resnet50-imagenet`);
    await expect.poll(() => new URL(page.url()).pathname).toBe('/zhangwei/resnet50');
    await page.close();
  });

  it('add members, change their roles and remove them', async () => {
    const page = await suite.open(`${PROJECT_PATH}/settings/members`);
    const members = () =>
      (suite.mock.world.people.members.get(1) ?? []).map(({ user, role }) => `${user} ${role}`);
    await page.getByLabel('用户名').fill('nobody');
    await page.getByRole('button', { name: '添加成员' }).click();
    await page.getByText('没有用户 nobody。').waitFor();
    await page.getByLabel('用户名').fill('wangfang');
    await page.getByRole('button', { name: '添加成员' }).click();
    await page.getByLabel('wangfang 的角色').waitFor();
    await page.getByLabel('chenjie 的角色').selectOption('owner');
    await expect.poll(members).toContain('chenjie owner');
    await page.getByRole('button', { name: '移除 lina' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '移除' }).click();
    await expect.poll(members).toEqual(['wangfang writer', 'chenjie owner']);
    await page.close();
  });

  it('transfer it, and delete it only with its name typed', async () => {
    suite.mock.world.addProject('zhangwei/doomed', '', false, 0);
    const page = await suite.open('/zhangwei/doomed/settings/general');
    await page.getByRole('button', { name: '删除项目' }).click();
    const dialog = page.getByRole('dialog');
    const sure = dialog.getByRole('button', { name: '删除项目' });
    expect(await sure.isDisabled()).toBe(true);
    await dialog.getByLabel('请输入 zhangwei/doomed 确认').fill('zhangwei/doomed');
    await sure.click();
    await page.getByText('已删除 zhangwei/doomed').waitFor();
    expect(suite.mock.world.project('zhangwei/doomed')).toBeUndefined();

    suite.mock.world.addProject('zhangwei/given', '', false, 0);
    await page.goto(`${suite.address}/zhangwei/given/settings/general`);
    await page.getByRole('button', { name: '转移项目' }).click();
    await dialog.getByLabel('新的所有者').fill('lina');
    await dialog.getByRole('button', { name: '转移项目' }).click();
    await page.getByText('项目现在是 lina/given').waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/lina/given');
    await page.close();
  });
});
