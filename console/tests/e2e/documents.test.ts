// Documents that people wrote, in a real browser: what is shown of them, and that nothing of them runs
// or loads anything from elsewhere.
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_PATH, useSuite } from '../fixtures/suite';

const suite = useSuite();
afterAll(() => expect(suite.complaints).toEqual([]));

async function shown(path: string, text: string): Promise<{ page: Page; asked: string[] }> {
  const repository = suite.mock.world.repositories.get(PROJECT_PATH.slice(1));
  repository?.commit('documents', path, (files) => files.set(path, Buffer.from(text)), {
    from: 'master',
  });
  const page = await suite.open('/');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${suite.address}${PROJECT_PATH}/blob/documents/${path}`);
  await page.locator('.document').first().locator('> *').first().waitFor({ state: 'attached' });
  return { page, asked };
}

const attributes = (page: Page, selector: string, name: string) =>
  page
    .locator(selector)
    .evaluateAll((all, attribute) => all.map((one) => one.getAttribute(attribute)), name);

describe('Markdown', () => {
  it('loses everything that could run or be sent', async () => {
    const { page, asked } = await shown(
      'docs/evil.md',
      [
        '# Evil',
        '<script>window.broken = 1</script><img src="a.png" onerror="window.broken = 2">',
        '<p onclick="window.broken = 3" style="position:fixed;inset:0">p</p>',
        '[bad](javascript:window.broken=4) <a href="data:text/html,x">d</a>',
        '<svg/onload=window.broken=5><script>window.broken = 6</script></svg>',
        '<iframe src="https://elsewhere.example/"></iframe><base href="https://elsewhere.example/">',
        '<form action="https://elsewhere.example/"><input name="password"></form>',
        '<math><mtext><table><mglyph><style><!--</style><img src onerror=window.broken=7>',
        '<details open ontoggle=window.broken=8><summary id="app">s</summary>x</details>',
      ].join('\n\n'),
    );
    expect(await page.evaluate(() => (window as { broken?: number }).broken)).toBeUndefined();
    const never = 'script, iframe, form, input, style, base, math, object, [id="app"]';
    expect(await page.locator('.document').locator(never).count()).toBe(0);
    const names = await page
      .locator('.document *')
      .evaluateAll((all) => all.flatMap((one) => one.getAttributeNames()));
    expect(names.filter((name) => name.startsWith('on') || name === 'style')).toEqual([]);
    for (const target of await attributes(page, '.document a', 'href'))
      expect(target ?? '').not.toMatch(/^\s*(?:javascript|data):/i);
    expect(asked.filter((url) => !url.startsWith(suite.address))).toEqual([]);
    await page.close();
  });

  it('links to files of the repository, and elsewhere without telling from where', async () => {
    const { page } = await shown(
      'docs/links.md',
      '# 运行 Run!\n\n[a](../train.py) [b](https://elsewhere.example/) [c](#运行-run) [d](../../../etc)',
    );
    expect(await attributes(page, '.document a', 'href')).toEqual([
      `${PROJECT_PATH}/blob/documents/train.py`,
      'https://elsewhere.example/',
      '#doc-运行-run',
      null,
    ]);
    expect(await page.locator('.document h1').getAttribute('id')).toBe('doc-运行-run');
    expect(await page.getByRole('link', { name: 'b' }).getAttribute('rel')).toContain('noreferrer');
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await page.locator('.document').getByRole('link', { name: 'a', exact: true }).click();
    await page.getByText('import argparse').waitFor();
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    await page.close();
  });

  it('loads images of the repository alone; others are links', async () => {
    const { page, asked } = await shown(
      'docs/images.md',
      '![a](损失曲线.png) ![b](https://elsewhere.example/b.png) ![c](c.svg)',
    );
    const [source] = await attributes(page, '.document img', 'src');
    expect(decodeURIComponent(source ?? '')).toBe(
      `/api/v2/projects${PROJECT_PATH}/raw/documents/docs/损失曲线.png`,
    );
    expect(await page.locator('.document img').count()).toBe(1);
    expect(await attributes(page, '.document a', 'href')).toEqual([
      'https://elsewhere.example/b.png',
      `${PROJECT_PATH}/blob/documents/docs/c.svg`,
    ]);
    expect(asked.some((url) => url.includes('elsewhere'))).toBe(false);
    await page.close();
  });

  it('shows code that speaks of handlers and styles as it is', async () => {
    const { page } = await shown('docs/code.md', '`<a onclick=x style=y>`\n\n    <b onload=x>\n');
    expect(await page.locator('.document').innerText()).toContain('<a onclick=x style=y>');
    expect(await page.locator('.document pre').innerText()).toContain('<b onload=x>');
    await page.close();
  });
});

describe('a notebook', () => {
  it('shows cells, tables, images and errors, and runs nothing', async () => {
    const page = await suite.open(`${PROJECT_PATH}/blob/master/notebooks/explore.ipynb`);
    await page.getByRole('heading', { name: '看看数据' }).waitFor();
    await page.getByRole('cell', { name: '0.318' }).waitFor();
    await page.getByRole('img', { name: '输出图片' }).waitFor();
    await page.getByText("name 'undefined_name' is not defined").waitFor();
    expect(await page.evaluate(() => (window as { broken?: number }).broken)).toBeUndefined();
    await page.getByRole('link', { name: '源码' }).click();
    await page.getByText('"nbformat"').waitFor();
    await page.close();
  });

  it('that is broken is shown as text', async () => {
    const repository = suite.mock.world.repositories.get(PROJECT_PATH.slice(1));
    repository?.commit('documents', 'x', (files) =>
      files.set('x.ipynb', Buffer.from('{ "cells":')),
    );
    const page = await suite.open(`${PROJECT_PATH}/blob/documents/x.ipynb`);
    await page.getByText('不是有效的 notebook').waitFor();
    await page.getByText('{ "cells":').waitFor();
    await page.close();
  });
});
