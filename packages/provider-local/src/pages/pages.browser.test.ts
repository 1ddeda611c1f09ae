import { findChromium, type WatchedPage } from 'browser-testing';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readForm, startServer, type TestServer } from '../browser/__fixtures__/servers.js';
import { type SharedPage, sharePage } from '../browser/__fixtures__/shared-page.js';
import { headers, pages } from './__fixtures__/pages.js';
import { handBackView } from './__fixtures__/views.js';
import { handBackPage } from './hand-back-page.js';
import { stylesheet } from './stylesheet.js';

describe.skipIf(findChromium() === undefined)('the pages in Chromium', { timeout: 30_000 }, () => {
  let shared: SharedPage;
  let issuer: TestServer;
  let client: TestServer;
  let hop: TestServer;
  let forms: string[] = [];
  let arrivals: { readonly url: string; readonly referer: string | undefined }[] = [];
  /** How the answer to the form goes back to the client. */
  let answer: { kind: 'page' | 'redirect'; location: string };

  beforeAll(async () => {
    shared = await sharePage();
    hop = await startServer((request, response) => {
      if (request.url?.startsWith('/favicon')) return void response.writeHead(404).end();
      arrivals.push({ url: request.url ?? '', referer: request.headers.referer });
      response.end('done');
    });
    client = await startServer((request, response) => {
      if (request.url?.startsWith('/favicon')) return void response.writeHead(404).end();
      arrivals.push({ url: request.url ?? '', referer: request.headers.referer });
      if (request.url?.startsWith('/on')) {
        return void response.writeHead(302, { location: `${hop.origin}/end` }).end();
      }
      response.setHeader('content-type', 'text/html');
      response.end(
        request.url === '/frame' ? `<iframe src="${issuer.origin}/consent"></iframe>` : 'done',
      );
    });
    issuer = await startServer(async (request, response) => {
      const name = request.url?.slice(1) ?? '';
      if (name === 'style.css') {
        return void response.writeHead(200, { 'content-type': 'text/css' }).end(stylesheet());
      }
      if (request.method === 'GET') {
        const page = pages[name];
        return void response.writeHead(page ? 200 : 404, headers).end(page);
      }
      forms.push(`${request.url} ${await readForm(request)}`);
      if (answer.kind === 'redirect') {
        return void response.writeHead(303, { ...headers, location: answer.location }).end();
      }
      response.writeHead(200, headers);
      response.end(handBackPage({ ...handBackView, location: answer.location }));
    });
  }, 30_000);
  afterAll(async () => {
    await shared?.close();
    await Promise.all([issuer, client, hop].map((server) => server?.close()));
  });
  beforeEach(() => {
    forms = [];
    arrivals = [];
    answer = { kind: 'page', location: `${client.origin}/callback?code=c&state=s` };
  });

  /** Runs a test on one of the pages, which must not make the browser complain about our policy. */
  const on = (
    name: string,
    run: (watched: WatchedPage) => Promise<void>,
    options?: BrowserContextOptions,
  ) =>
    shared.use(async (watched) => {
      await watched.page.goto(`${issuer.origin}/${name}`);
      await run(watched);
    }, options);

  it('has Deny and Allow of one size, and ticks a box from anywhere in its row', async () => {
    await on('consent', async ({ page }) => {
      const sizes = await page.locator('.decision button').evaluateAll((all) =>
        all.map((button) => {
          const { width, height } = button.getBoundingClientRect();
          return `${width} x ${height}`;
        }),
      );
      expect(new Set(sizes).size).toBe(1);
      expect(sizes).toHaveLength(2);
      const row = page.locator('.group-change .scope');
      const box = await row.boundingBox();
      await row.click({ position: { x: (box?.width ?? 0) - 5, y: (box?.height ?? 0) - 5 } });
      expect(await row.locator('input').isChecked()).toBe(true);
    });
  });

  it('shows hostile names and lookalike hosts inert, whatever their length (ATK-11)', async () => {
    await on('consent-hostile', async ({ page, messages }) => {
      expect(await page.locator('script, img').count()).toBe(0);
      expect(await page.locator('h1').textContent()).toBe(
        'Allow </h1><script>alert(1)</script><img src=x onerror=alert(2)>WW… to use Finance Sentiment as you?',
      );
      expect(await page.locator('.facts').textContent()).toContain('xn--clude-5ve.ai');
      expect(messages).toEqual([]);
    });
  });

  it('can be used with the keyboard alone, in the order of reading', async () => {
    await on('consent', async ({ page }) => {
      const order: string[] = [];
      for (let n = 0; n < 11; n += 1) {
        await page.keyboard.press('Tab');
        const { label, ring } = await page.evaluate(() => {
          const focused = document.activeElement;
          const style = focused && getComputedStyle(focused);
          return {
            label:
              (focused instanceof HTMLInputElement ? focused.value : focused?.textContent) ?? '',
            ring: `${style?.outlineStyle} ${style?.outlineWidth}`,
          };
        });
        order.push(label.trim());
        expect(ring).toBe('solid 3px');
        if (label === 'mcp:resources:news:read') await page.keyboard.press('Space');
        if (label === 'mcp:resources:watchlists:write') await page.keyboard.press('Space');
        if (label === 'Allow ticked') break;
      }
      expect(order).toEqual([
        'Not you?',
        'mcp:tools:analyze_sentiment',
        'mcp:resources:news:read',
        'mcp:resources:watchlists:write',
        'mcp:exec:workflows:portfolio-report',
        'mcp:exec:workflows:*',
        'Already allowed (1)',
        'Deny',
        'Allow ticked',
      ]);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${client.origin}/callback?code=c&state=s`);
      expect(forms).toEqual([
        '/answer csrf=csrf-1&scope=mcp%3Atools%3Aanalyze_sentiment&scope=mcp%3Aresources%3Awatchlists%3Awrite&scope=mcp%3Aexec%3Aworkflows%3Aportfolio-report&decision=allow',
      ]);
    });
  });

  it('puts what went wrong in focus (AS-94)', async () => {
    await on('sign-in-refused', async ({ page }) => {
      const role = () => page.evaluate(() => document.activeElement?.getAttribute('role'));
      await expect.poll(role).toBe('alert');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('username');
    });
  });

  it('sends the name and the password with Enter', async () => {
    await on('sign-in', async ({ page }) => {
      await page.keyboard.press('Tab');
      await page.keyboard.type('ada');
      await page.keyboard.press('Tab');
      await page.keyboard.type('p&=ä');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${client.origin}/**`);
      expect(forms).toEqual(['/answer csrf=csrf-1&username=ada&password=p%26%3D%C3%A4']);
    });
  });

  it('has "Not you?" answer for itself, without a decision', async () => {
    await on('consent', async ({ page }) => {
      await page.getByRole('button', { name: 'Not you?' }).click();
      await page.waitForURL(`${client.origin}/**`);
      expect(forms).toEqual(['/switch csrf=csrf-1']);
    });
  });

  it.each([true, false])(
    'reaches a client on another port, without a referrer, and one that redirects on, with scripts switched on: %s (AS-79)',
    async (javaScriptEnabled) => {
      await on(
        'consent',
        async ({ page }) => {
          await page.getByLabel('Score the sentiment').uncheck();
          await page.getByRole('button', { name: 'Deny' }).click();
          await page.waitForURL(`${client.origin}/callback?code=c&state=s`);
          expect(arrivals).toEqual([{ url: '/callback?code=c&state=s', referer: undefined }]);
          expect(forms).toEqual([
            '/answer csrf=csrf-1&scope=mcp%3Aresources%3Anews%3Aread&scope=mcp%3Aexec%3Aworkflows%3Aportfolio-report&decision=deny',
          ]);
          answer = { kind: 'page', location: `${client.origin}/on?code=c` };
          await page.goto(`${issuer.origin}/consent`);
          await page.getByRole('button', { name: 'Allow ticked' }).click();
          await page.waitForURL(`${hop.origin}/end`);
          expect(arrivals.slice(1).map(({ url }) => url)).toEqual(['/on?code=c', '/end']);
        },
        javaScriptEnabled ? undefined : { javaScriptEnabled },
      );
    },
  );

  it('keeps the reason for the hand-back page: the policy stops a redirect after the form', async () => {
    answer = { kind: 'redirect', location: `${client.origin}/callback` };
    await shared.use(async ({ page, forget }) => {
      await page.goto(`${issuer.origin}/consent`);
      const complaint = page.waitForEvent('console', (message) =>
        message.text().includes('form-action'),
      );
      await page.getByRole('button', { name: 'Deny' }).click({ noWaitAfter: true });
      await complaint;
      forget();
    });
    expect(forms).toHaveLength(1);
    expect(arrivals).toEqual([]);
  });

  it('offers a link that can be focused where the browser does not go on by itself: a private scheme', async () => {
    // Not in the shared page: the browser asks about the app, and keeps the keyboard.
    await on(
      'hand-back',
      async ({ page }) => {
        const link = page.getByRole('link', { name: 'Return to Claude Code' });
        expect(await link.getAttribute('href')).toBe('cursor://anysphere/callback?code=c');
        // By itself and not by the Tab key: the browser's question about the app may keep the keyboard for good.
        await link.focus();
        const focused = (element: HTMLElement | SVGElement) =>
          element === document.activeElement && element.tabIndex === 0;
        expect(await link.evaluate(focused)).toBe(true);
      },
      {},
    );
  });

  it('asks twice before it removes an app, with the keyboard alone', async () => {
    await on('connected-apps', async ({ page }) => {
      const seen: (string | undefined)[] = [];
      const reach = async (text: string) => {
        do {
          await page.keyboard.press('Tab');
          const focused = () => document.activeElement?.textContent?.trim();
          seen.push(await page.evaluate(focused));
        } while (seen.at(-1) !== text && seen.length < 20);
        expect(seen.join('|')).toContain(text);
      };
      expect(await page.getByRole('button', { name: 'Remove now' }).count()).toBe(0);
      await reach('Remove Cursor');
      await page.keyboard.press('Enter');
      await reach('Remove now Cursor');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${client.origin}/**`);
      expect(forms).toEqual(['/remove csrf=csrf-1&client=dcr_5sHkvQ7Yb0mXw2']);
    });
  });

  it('refuses to be framed (AS-76, ATK-10)', async () => {
    await shared.use(async ({ page, messages, forget }) => {
      await page.goto(`${client.origin}/frame`);
      await expect.poll(() => messages.join('\n')).toContain("frame-ancestors 'none'");
      expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
      forget();
    });
  });
});
