import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  findChromium,
  launchChromium,
  type WatchedPage,
  watchedPage,
} from '../browser/__fixtures__/chromium.js';
import { startServer, type TestServer } from '../browser/__fixtures__/servers.js';
import { headers, pages } from './__fixtures__/pages.js';
import { stylesheet } from './stylesheet.js';

const executable = findChromium();

/** Shows what is collapsed, without a script of the page. */
function openDetails(page: Page): Promise<void> {
  return page.locator('details').evaluateAll((all) => {
    for (const details of all) details.setAttribute('open', '');
  });
}

describe.skipIf(executable === undefined)('each page in Chromium', { timeout: 30_000 }, () => {
  let browser: Browser;
  let issuer: TestServer;
  let inspected: WatchedPage;
  let narrow: WatchedPage;

  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
    issuer = await startServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      if (name === 'style.css') {
        return void response.writeHead(200, { 'content-type': 'text/css' }).end(stylesheet());
      }
      const page = pages[name];
      response.writeHead(page ? 200 : 404, headers).end(page);
    });
    inspected = await watchedPage(await browser.newContext({ bypassCSP: true }));
    narrow = await watchedPage(await browser.newContext({ viewport: { width: 320, height: 640 } }));
  }, 30_000);
  afterAll(async () => {
    await browser?.close();
    await issuer?.close();
  });

  it.each(Object.keys(pages))('has no violation of axe, light and dark: %s', async (name) => {
    const { page } = inspected;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${issuer.origin}/${name}`);
      await openDetails(page);
      expect(await axeViolations(page)).toEqual([]);
    }
  });

  it.each(Object.keys(pages))('fits 320 pixels with buttons of 48: %s', async (name) => {
    const { page } = narrow;
    await page.goto(`${issuer.origin}/${name}`);
    await openDetails(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    const heights = await page
      .locator('.button')
      .evaluateAll((all) => all.map((button) => button.getBoundingClientRect().height));
    for (const height of heights) expect(height).toBeGreaterThanOrEqual(48);
    // The style comes through the policy, and nothing on the page offends it.
    const border = page.locator('main').evaluate((main) => getComputedStyle(main).borderTopWidth);
    expect(await border).toBe('1px');
    expect(narrow.policyMessages()).toEqual([]);
  });
});
