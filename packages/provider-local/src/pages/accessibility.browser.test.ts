import { axeViolations, findChromium } from 'browser-testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../browser/__fixtures__/servers.js';
import { type SharedPage, sharePage } from '../browser/__fixtures__/shared-page.js';
import { headers, pages } from './__fixtures__/pages.js';
import { stylesheet } from './stylesheet.js';

/** Shows what is collapsed, without a script of the page. */
function openDetails(page: Page): Promise<void> {
  return page.locator('details').evaluateAll((all) => {
    for (const details of all) details.setAttribute('open', '');
  });
}

describe.skipIf(findChromium() === undefined)('each page', { timeout: 30_000 }, () => {
  let shared: SharedPage;
  let issuer: TestServer;

  beforeAll(async () => {
    shared = await sharePage();
    issuer = await startServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', issuer.origin);
      if (pathname === '/style.css') {
        response.writeHead(200, { 'content-type': 'text/css' });
        return void response.end(stylesheet(searchParams.get('accent') ?? undefined));
      }
      const page = pages[pathname.slice(1)];
      response.writeHead(page ? 200 : 404, headers);
      const accent = searchParams.get('accent');
      const style = accent ? `/style.css?accent=${encodeURIComponent(accent)}` : '/style.css';
      response.end(page?.replace('/style.css', style));
    });
  }, 30_000);
  afterAll(async () => {
    await shared?.close();
    await issuer?.close();
  });

  it.each(Object.keys(pages))(
    'has no violation of axe, light and dark, fits 320 pixels, and offends no policy: %s',
    async (name) => {
      await shared.use(async ({ page }) => {
        await page.setViewportSize({ width: 320, height: 640 });
        await page.goto(`${issuer.origin}/${name}`);
        await openDetails(page);
        const seen = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          low: [...document.querySelectorAll('.button')].filter(
            (button) => button.getBoundingClientRect().height < 48,
          ).length,
          // The style comes through the policy.
          border: getComputedStyle(document.querySelector('main') as Element).borderTopWidth,
        }));
        expect(seen).toEqual({ width: 320, low: 0, border: '1px' });
        expect(await axeViolations(page)).toEqual([]);
      });
    },
  );

  it('can be read in an accent colour that was chosen badly, light and dark', async () => {
    await shared.use(async ({ page }) => {
      for (const accent of ['#ffd400', '#000000']) {
        await page.goto(`${issuer.origin}/consent?accent=${encodeURIComponent(accent)}`);
        await openDetails(page);
        expect(await axeViolations(page)).toEqual([]);
      }
    });
  });

  it('tells what is ticked, new and meant most where the colours are the reader’s own', async () => {
    await shared.use(
      async ({ page }) => {
        await page.goto(`${issuer.origin}/consent`);
        const edges = (selector: string) =>
          page.locator(selector).evaluateAll((all) =>
            all.map((element) => {
              const { borderTopWidth, borderTopStyle } = getComputedStyle(element);
              return `${borderTopWidth} ${borderTopStyle}`;
            }),
          );
        expect(await edges('.decision .button')).toEqual(['1px solid', '3px solid']);
        expect(await edges('.new')).toEqual(['1px solid']);
        expect(await edges('.notice')).toEqual(['1px solid']);
        expect(await edges('.group-broad .scope')).toEqual(['1px dashed']);
        const boxes = page.getByRole('checkbox');
        expect(await boxes.evaluateAll((all) => all.map((box) => box.checkVisibility()))).toEqual(
          Array.from({ length: 5 }, () => true),
        );
      },
      { forcedColors: 'active' },
    );
  });
});
