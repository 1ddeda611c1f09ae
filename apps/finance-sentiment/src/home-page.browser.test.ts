import { axeViolations, findChromium, launchChromium, watchedPage } from 'browser-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from './end-to-end/app.harness.js';

const chromium = findChromium();

describe.skipIf(chromium === undefined)('the front page in a browser', () => {
  let app: RunningApp;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    app = await startApp({});
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('can be read, copied from and left without script, and leaves nothing in the console', async () => {
    const { page, messages } = await watchedPage(
      await browser.newContext({ javaScriptEnabled: false }),
    );
    await page.goto(app.origin);
    expect(await page.locator('.address').textContent()).toBe(app.resource);
    const snippets = await page.locator('pre').allTextContents();
    expect(snippets).toHaveLength(10);
    for (const snippet of snippets) expect(snippet).toContain(app.resource);
    await page.click('text="See and remove the apps that you have connected"');
    expect(new URL(page.url()).pathname).toBe('/connected-apps');
    expect(messages).toEqual([]);
    await page.context().close();
  });

  it('selects a whole snippet with one click', async () => {
    const { page } = await watchedPage(await browser.newContext());
    await page.goto(app.origin);
    const codex = page.locator('section', { hasText: 'Codex CLI' }).locator('pre');
    await codex.click();
    expect(await page.evaluate(() => String(getSelection()).trim())).toBe(
      `[mcp_servers.finance]\nurl = "${app.resource}"`,
    );
    await page.context().close();
  });

  it.each(['/', '/connected-apps'])(
    'finds a picture for the tab without a request that nobody answers: %s',
    async (path) => {
      const context = await browser.newContext();
      const { page, messages } = await watchedPage(context);
      await page.goto(`${app.origin}${path}`);
      const icon = await page.locator('link[rel=icon]').getAttribute('href');
      // Headless, the browser shows no tabs: the policy of the page still has a say when it is loaded.
      const size = await page.evaluate(async (href) => {
        const picture = new Image();
        picture.src = href ?? '';
        await picture.decode();
        return picture.width;
      }, icon);
      expect(size).toBeGreaterThan(0);
      expect(messages).toEqual([]);
      await context.close();
    },
  );

  it('has nothing that axe minds, in light and in dark, and is no wider than a small phone', async () => {
    const context = await browser.newContext({
      bypassCSP: true,
      viewport: { width: 320, height: 640 },
    });
    const page = await context.newPage();
    await page.goto(app.origin);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await context.close();
  });
});
