import { axeViolations, findChromium } from 'browser-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../browser/__fixtures__/servers.js';
import { type SharedPage, sharePage } from '../browser/__fixtures__/shared-page.js';
import { authorizationUrl, pkce, register } from '../issuer.harness.js';
import { type Broker, startBroker } from './__fixtures__/sign-in-elsewhere.js';

describe.skipIf(findChromium() === undefined)(
  'a sign-in elsewhere in Chromium',
  { timeout: 30_000 },
  () => {
    let shared: SharedPage;
    let broker: Broker;
    let client: TestServer;
    let url: URL;

    beforeAll(async () => {
      shared = await sharePage();
      client = await startServer((_request, response) => void response.end('Back at the client'));
      // Another site than ours, so that cookies travel as they do between strangers.
      broker = await startBroker({}, {}, 'localhost');
      const { client_id } = (
        await register(broker.issuer, {
          client_name: 'Trial Client',
          redirect_uris: [`${client.origin}/callback`],
        })
      ).body;
      url = authorizationUrl(broker.issuer, {
        client_id,
        redirect_uri: `${client.origin}/callback`,
        code_challenge: pkce().challenge,
        scope: 'mcp:tools:weather',
      });
    }, 30_000);
    afterAll(async () => {
      await shared?.close();
      await Promise.all([broker?.close(), client?.close()]);
    });

    it.each([true, false])(
      'goes there and back over two sites, with scripts switched on: %s (AS-130, AS-132)',
      async (javaScriptEnabled) => {
        await shared.use(
          async ({ page }) => {
            await page.goto(url.href);
            expect(await page.locator('.facts').textContent()).toContain(
              new URL(client.origin).host,
            );
            await page.getByRole('button', { name: 'Continue with Acme SSO' }).click();
            await page.waitForURL(`${broker.upstream.issuer}/**`);
            expect(await page.evaluate(() => document.referrer)).toBe('');
            await page.getByRole('button', { name: 'Go on' }).click();
            await page.getByRole('button', { name: 'Allow ticked' }).click();
            await page.waitForURL(`${client.origin}/callback?code=**`);
          },
          javaScriptEnabled ? undefined : { javaScriptEnabled },
        );
      },
    );

    it('takes a double click for one answer', async () => {
      await shared.use(async ({ page }) => {
        await page.goto(url.href);
        await page.getByRole('button', { name: 'Continue with Acme SSO' }).dblclick();
        await page.waitForLoadState('networkidle');
        const there = page.url().startsWith(broker.upstream.issuer);
        const title = await page.title();
        expect(there || title.startsWith('This page was already answered')).toBe(true);
      });
    });

    it('does not come back by the back button', async () => {
      await shared.use(async ({ page }) => {
        await page.goto(url.href);
        await page.getByRole('button', { name: 'Continue with Acme SSO' }).click();
        await page.waitForURL(`${broker.upstream.issuer}/**`);
        const arrived = page.waitForResponse((answer) =>
          answer.url().startsWith(`${broker.issuer.issuer}/upstream/callback`),
        );
        await page.getByRole('button', { name: 'Go on' }).click();
        const callback = (await arrived).url();
        await page.getByRole('button', { name: 'Allow ticked' }).waitFor();
        const again = await page.goto(callback);
        expect(again?.status()).toBe(409);
        expect(await page.locator('h1').textContent()).toBe('This page was already answered');
      });
    });

    it('is announced on a page without a violation of axe, light and dark, that fits 320 pixels', async () => {
      await shared.use(async ({ page }) => {
        await page.setViewportSize({ width: 320, height: 640 });
        await page.goto(url.href);
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
        await page.keyboard.press('Tab');
        const focused = () => page.evaluate(() => document.activeElement?.textContent);
        expect(await focused()).toBe('Cancel');
        await page.keyboard.press('Tab');
        expect(await focused()).toBe('Continue with Acme SSO');
      });
    });
  },
);
