import { describe, expect, it } from 'vitest';
import { startBrowser } from '../fixtures/browser';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();

describe('signing in', () => {
  it('is asked for first, and leads to the page that was wanted', async () => {
    const browser = await startBrowser();
    const { page } = await browser.open(
      `${suite.address}${PROJECT_PATH}/cloudbrain/train?status=failed`,
    );
    await page.getByRole('heading', { name: '登录云脑' }).waitFor();
    await page.getByLabel('用户名').fill('zhangwei');
    await page.getByLabel('密码', { exact: true }).fill('cloudbrain');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'unet-lung-ct-fold3', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=failed');
    await browser.close();
  });

  it('says so when the password is wrong, and keeps what was typed', async () => {
    const browser = await startBrowser();
    const { page } = await browser.open(`${suite.address}/login`);
    await page.getByLabel('用户名').fill('zhangwei');
    await page.getByLabel('密码', { exact: true }).fill('no');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').getByText('用户名或密码不正确').waitFor();
    expect(await page.getByLabel('用户名').inputValue()).toBe('zhangwei');
    await browser.close();
  });

  it('names what is missing', async () => {
    const browser = await startBrowser();
    const { page } = await browser.open(`${suite.address}/login`);
    await page.getByRole('button', { name: '登录' }).click();
    await expect.poll(() => page.getByText('请填写此项').count()).toBe(2);
    await browser.close();
  });

  it('never leads to another site', async () => {
    const browser = await startBrowser();
    const { page } = await browser.open(`${suite.address}/login?next=//example.org/`);
    await page.getByLabel('用户名').fill('zhangwei');
    await page.getByLabel('密码', { exact: true }).fill('cloudbrain');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '账户' }).waitFor();
    expect(page.url().startsWith(suite.address)).toBe(true);
    await browser.close();
  });

  it('is asked for again when the session has ended meanwhile', async () => {
    const page = await suite.open('/');
    await page.getByRole('heading', { name: '我的任务' }).waitFor();
    await suite.browser.context.clearCookies();
    await page.getByRole('link', { name: 'mnist-classification' }).first().click();
    await page.getByRole('heading', { name: '登录云脑' }).waitFor();
    await page.close();
  });
});

it('signing out forgets who was here', async () => {
  const page = await suite.open('/');
  await page.getByRole('button', { name: '账户' }).click();
  await page.getByRole('menuitem', { name: '退出登录' }).click();
  await page.getByRole('heading', { name: '登录云脑' }).waitFor();
  await page.goto(`${suite.address}/`);
  await page.getByRole('heading', { name: '登录云脑' }).waitFor();
  await page.close();
});
