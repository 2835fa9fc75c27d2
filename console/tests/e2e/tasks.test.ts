import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
const LIST = `${PROJECT_PATH}/cloudbrain/train`;
afterAll(() => expect(suite.complaints).toEqual([]));

describe('the list of tasks', () => {
  it('says in the row why a task failed and how far another is from running', async () => {
    const page = await suite.open(LIST);
    await page.getByText('脚本使用的内存超过了规格的 4096 MB。').waitFor();
    await page.getByText('前面还有 1 个任务在排队。').waitFor();
    await page.close();
  });

  it('keeps its filters in the address, so that the back button brings them back', async () => {
    const page = await suite.open(LIST);
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(9);
    await page.getByRole('button', { name: '失败' }).click();
    await expect.poll(() => rows.count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed');
    await page.getByRole('link', { name: 'unet-lung-ct-fold3', exact: true }).click();
    await page.getByRole('heading', { name: 'unet-lung-ct-fold3' }).waitFor();
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(1);
    await page.close();
  });

  it('filters by name, and tells an empty match from an empty project', async () => {
    const page = await suite.open(LIST);
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('bert');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('nothing-like-it');
    await page.getByText('没有符合条件的任务').waitFor();
    await page.getByRole('button', { name: '清除筛选' }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(9);
    await page.goto(`${suite.address}/zhangwei/empty-project/cloudbrain/train`);
    await page.getByText('三步跑起第一个训练任务').waitFor();
    await page.getByText('cloudbrain task submit -p zhangwei/empty-project').waitFor();
    await page.close();
  });

  it('follows a task by itself', async () => {
    const task = suite.mock.world.addTask({ name: 'goes-on', state: 'WAITING' });
    const page = await suite.open(LIST);
    const row = page.locator('tbody tr', { hasText: 'goes-on' });
    await row.getByText('排队中').waitFor();
    suite.mock.world.setState(task, 'RUNNING');
    await row.getByText('运行中').waitFor();
    suite.mock.world.tasks.delete(task.task.id);
    await page.close();
  });

  it('stops a task after a question', async () => {
    const task = suite.mock.world.addTask({
      name: 'to-be-stopped',
      state: 'RUNNING',
      age: 60_000,
      ran: 40_000,
    });
    const page = await suite.open(LIST);
    await page.getByRole('button', { name: '停止 to-be-stopped' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('停止任务 to-be-stopped？').waitFor();
    await dialog.getByRole('button', { name: '取消' }).click();
    expect(task.task.state).toBe('RUNNING');
    await page.getByRole('button', { name: '停止 to-be-stopped' }).click();
    await dialog.getByRole('button', { name: '停止' }).click();
    await page.getByText('正在停止 to-be-stopped').waitFor();
    await page
      .locator('tbody tr', { hasText: 'to-be-stopped' })
      .getByText('由 zhangwei 停止。')
      .waitFor();
    suite.mock.world.tasks.delete(task.task.id);
    await page.close();
  });

  it('shows inference tasks with the same words at their own address', async () => {
    const page = await suite.open(LIST);
    await page.getByRole('link', { name: '推理' }).click();
    await page.getByRole('heading', { name: '推理任务', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PROJECT_PATH}/cloudbrain/infer`);
    await page.getByText('三步跑起第一个推理任务').waitFor();
    await page.close();
  });
});

describe('language and theme', () => {
  it('change without a reload and are kept', async () => {
    const page = await suite.open(LIST);
    await page.getByRole('heading', { name: '训练任务' }).waitFor();
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await page.getByRole('button', { name: '语言' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Training tasks' }).waitFor();
    // Sentences of the server too.
    await page.getByText('The script used more memory than its 4096 MB.').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await expect.poll(() => page.locator('html').getAttribute('class')).toBe('dark');
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Training tasks' }).waitFor();
    expect(await page.locator('html').getAttribute('class')).toBe('dark');
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });
});

describe('a project', () => {
  it('is made from the home page', async () => {
    const page = await suite.open('/');
    await page.getByRole('link', { name: '新建项目' }).click();
    await page.getByText('推送一个已有的仓库').click();
    await page.getByLabel('项目名称').fill('bad name!');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByText('项目名称“bad name!”只能包含').waitFor();
    await page.getByLabel('项目名称').fill('fresh');
    await page.getByRole('button', { name: '创建项目' }).click();
    await page.getByText('git clone').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/zhangwei/fresh');
    await page.close();
  });
});

it('an address that leads nowhere says so', async () => {
  const page = await suite.open('/no/such/page/here');
  await page.getByText('页面不存在').waitFor();
  await page.close();
});

describe('a task that waits', () => {
  it('shows its place, when it starts at the latest and whose end it waits for', async () => {
    const waiting = suite.mock.world.named('yolov8-traffic-v3');
    const page = await suite.open(suite.taskPath(waiting, 'overview'));
    const facts = page.locator('dl.queue');
    await expect.poll(() => facts.innerText()).toContain('排队位置\n2');
    expect(await facts.innerText()).toContain('最迟开始时间');
    expect(await facts.innerText()).toContain('1 个您无权查看的任务');
    await facts.getByRole('link', { name: 'resnet50-finetune V0003' }).click();
    await page.waitForURL(/\/cloudbrain\/train\/1$/);
    await page.close();
  });
});
