import { afterAll, describe, expect, it } from 'vitest';
import { violations } from '../fixtures/checks';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
const machine = () => suite.mock.world.machine;
const registries = (of: string) =>
  machine()
    .registries.get(of)
    ?.map((one) => one.registry);
afterAll(() => expect(suite.complaints).toEqual([]));

describe('the machine', () => {
  it('tells each accelerator, its health and who holds it, and what is free', async () => {
    const page = await suite.open('/admin/machine');
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(4);
    await expect.poll(() => rows.nth(0).getByRole('link').count()).toBe(1);
    expect(await rows.nth(1).innerText()).toContain('空闲');
    expect(await rows.nth(3).innerText()).toContain('Xid 79');
    await page.getByText('空闲 2 / 4').waitFor();
    await page.getByText('1 张故障').waitFor();
    await rows.nth(0).getByRole('link').click();
    await page.waitForURL(/\/cloudbrain\/train\/\d+/);
    await page.close();
  });
});

describe('specs', () => {
  it('are made, changed and deleted, and mistakes are told at their fields', async () => {
    const page = await suite.open('/admin/specs');
    await page.getByText('cpu-2', { exact: true }).waitFor();
    await page.getByRole('button', { name: '新建规格' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('规格名称').fill('big one');
    await dialog.getByLabel('CPU 核数').fill('0');
    await dialog.getByLabel('加速卡数量').fill('2');
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.getByText('请填写 1 到 100,000 的整数').waitFor();
    await dialog.getByText('加速卡数量与型号必须同时填写').waitFor();
    expect(await violations(page, true)).toEqual([]);
    await dialog.getByLabel('CPU 核数').fill('8');
    await dialog.getByLabel('加速卡数量').fill('0');
    await dialog.getByLabel('训练任务').check();
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.getByText('“big one”不是合法名称').waitFor();
    await dialog.getByLabel('规格名称').fill('big');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => machine().specs.get('big'))
      .toMatchObject({ cpus: 8, kinds: ['train'] });
    await page.getByRole('button', { name: '修改规格 big' }).click();
    await dialog.getByRole('textbox', { name: '内存', exact: true }).fill('512 MiB');
    await dialog.getByRole('button', { name: '保存' }).click();
    await expect.poll(() => machine().specs.get('big')?.memory_bytes).toBe(512 * 2 ** 20);
    await page.getByRole('button', { name: '删除规格 big' }).click();
    await dialog.getByRole('button', { name: '删除' }).click();
    await expect.poll(() => machine().specs.get('big')).toBeNull();
    await page.getByRole('button', { name: '删除规格 cpu-1' }).click();
    await dialog.getByRole('button', { name: '删除' }).click();
    await page.getByText('正在使用规格 cpu-1').waitFor();
    await page.close();
  });
});

describe('the queue', () => {
  it('says who waits and why, and lets the administrator change a priority', async () => {
    const page = await suite.open('/admin/queue');
    const { task } = suite.mock.world.named('yolov8-traffic-v3');
    await page.getByText('前面还有 1 个任务在排队').first().waitFor();
    await page.getByRole('button', { name: `修改 ${task.name} 的优先级` }).click();
    const field = page.getByRole('dialog').getByLabel('优先级');
    await field.fill('5000');
    expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true);
    await field.fill('7');
    await page.keyboard.press('Enter');
    await expect.poll(() => task.priority).toBe(7);
    await page.getByText('优先级 7').waitFor();
    await page.close();
  });
});

describe('images', () => {
  it('are added, with progress, changed, fetched again and deleted', async () => {
    const page = await suite.open('/admin/images');
    await page.getByText('第 3 / 9 层').waitFor();
    await page.getByText('401 Unauthorized').waitFor();
    await page.getByRole('button', { name: '添加镜像' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称', { exact: false }).first().fill('torch-cpu');
    await dialog.getByLabel('镜像地址').fill('not an address');
    await dialog.getByLabel('标签').fill('CPU，PyTorch');
    await dialog.getByLabel('推荐给用户').check();
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.getByText('不是合法的镜像地址').waitFor();
    expect(await violations(page, true)).toEqual([]);
    await dialog.getByLabel('镜像地址').fill('docker.io/pytorch/pytorch:latest');
    await dialog.getByRole('button', { name: '保存' }).click();
    const made = () => machine().images.find(({ name }) => name === 'torch-cpu');
    await expect.poll(made).toMatchObject({ tags: ['CPU', 'PyTorch'], recommended: true });
    const menu = page.getByRole('button', { name: 'torch-cpu 的操作' });
    await menu.click();
    await page.getByRole('menuitem', { name: '修改' }).click();
    await dialog.getByLabel('描述').fill('只有 CPU');
    await dialog.getByRole('button', { name: '保存' }).click();
    await expect.poll(() => made()?.title).toBe('只有 CPU');
    Object.assign(made() ?? {}, { state: 'ready' });
    await menu.click();
    await page.getByRole('menuitem', { name: '重新拉取' }).click();
    await expect.poll(() => made()?.state).toBe('asking');
    await menu.click();
    await page.getByRole('menuitem', { name: '删除' }).click();
    await dialog.getByRole('button', { name: '删除' }).click();
    await expect.poll(made).toBeUndefined();
    await page.close();
  });

  it('are uploaded as archives', async () => {
    const page = await suite.open('/admin/images');
    await page.getByRole('button', { name: '上传归档' }).click();
    const dialog = page.getByRole('dialog');
    const archive = { name: 'mine.tar.gz', mimeType: 'application/gzip', buffer: Buffer.alloc(99) };
    await dialog.locator('input[type=file]').setInputFiles(archive);
    expect(await dialog.getByLabel('名称').inputValue()).toBe('mine');
    await dialog.getByRole('button', { name: '上传', exact: true }).click();
    await page.getByText('mine 已上传，正在解包').waitFor();
    expect(machine().images.at(-1)).toMatchObject({ name: 'mine', bytes: 99 });
    await page.close();
  });
});

describe('credentials for registries', () => {
  it('are the platform’s, with the password never shown again', async () => {
    const page = await suite.open('/admin/images');
    await page.getByRole('button', { name: '添加凭据' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('镜像仓库').fill('registry.example.com');
    await dialog.getByLabel('用户名').fill('robot');
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.getByText('须同时给出').waitFor();
    await dialog.getByLabel('密码').fill('secret');
    await dialog.getByRole('button', { name: '保存' }).click();
    await expect.poll(() => registries('')).toContain('registry.example.com');
    await page.getByRole('button', { name: '修改 registry.example.com 的凭据' }).click();
    expect(await dialog.getByLabel('密码').inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '删除 registry.example.com 的凭据' }).click();
    await dialog.getByRole('button', { name: '删除' }).click();
    await expect.poll(() => registries('')).not.toContain('registry.example.com');
    await page.close();
  });

  it('are a project’s, under its images, for those who own it', async () => {
    const page = await suite.open(`${PROJECT_PATH}/images`);
    await page.getByText('cuda124-pytorch24').waitFor();
    await page.getByRole('button', { name: '添加凭据' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('镜像仓库').fill('quay.io');
    expect(await dialog.getByRole('checkbox').count()).toBe(0);
    await dialog.getByRole('button', { name: '保存' }).click();
    await expect.poll(() => registries(PROJECT_PATH.slice(1))).toContain('quay.io');
    await page.goto(`${suite.address}/lina/bert-base-chinese/images`);
    await page.getByText('cuda124-pytorch24').waitFor();
    expect(await page.getByRole('button', { name: '添加凭据' }).count()).toBe(0);
    await page.close();
  });
});
