import { axeViolations, findChromium } from 'browser-testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allow, type Stage, severalScopes, signIn, startStage } from './__fixtures__/stage.js';

describe.skipIf(findChromium() === undefined)(
  'attacks on authorization in Chromium',
  { timeout: 30_000 },
  () => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await startStage();
    }, 30_000);
    afterAll(() => stage?.close());
    beforeEach(() => {
      stage.arrivals.length = 0;
    });

    it('renews the session when somebody signs in (ATK-12, AS-83)', async () => {
      await stage.inBrowser(async ({ page }, context) => {
        const { url } = await stage.authorization();
        const session = async () =>
          (await context.cookies()).find(({ name }) => name.endsWith('session'));
        await page.goto(url);
        const before = await session();
        await signIn(page);
        await allow(page).waitFor();
        const after = await session();
        expect(after).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
        expect(after?.value).not.toBe(before?.value);
      });
    });

    it('takes a double click for one answer (ATK-10)', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, redeem } = await stage.authorization();
        await page.goto(url);
        await signIn(page);
        await allow(page).dblclick();
        await page.waitForLoadState('networkidle');
        const codes = stage.arrivals.filter((arrival) => arrival.searchParams.has('code'));
        expect(codes.length).toBeLessThanOrEqual(1);
        if (codes.length === 1) await redeem(codes[0]);
        else expect(await page.locator('h1').textContent()).toBe('This page was already answered');
      });
    });

    it('signs in on a slow double click too', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url } = await stage.authorization();
        await page.goto(url);
        await page.getByLabel('User name').fill('slow');
        await page.getByLabel('Password').fill('correct horse');
        const button = await page.getByRole('button', { name: 'Sign in' }).boundingBox();
        const [x, y] = [(button?.x ?? 0) + 9, (button?.y ?? 0) + 9];
        // The second click comes while the password of the first is checked.
        await page.mouse.click(x, y);
        await page.waitForTimeout(100);
        await page.mouse.click(x, y);
        await allow(page).waitFor();
      });
    });

    it('answers the same form a second time with a page, not with a code (ATK-10)', async () => {
      await stage.inBrowser(async ({ page }, context) => {
        const { url } = await stage.authorization();
        await page.goto(url);
        await signIn(page);
        await allow(page).waitFor();
        const action = await page.locator('main form').getAttribute('action');
        const csrf = await page.locator('main input[name=csrf]').getAttribute('value');
        const submit = () =>
          context.request.post(`${stage.issuer}${action}`, {
            form: { csrf: csrf ?? '', decision: 'allow', scope: 'mcp:resources:news:read' },
          });
        const [first, second] = [await submit(), await submit()];
        expect(first.status()).toBe(200);
        expect(await first.text()).toContain('You allowed Trial Client');
        expect(second.status()).toBe(409);
        expect(await second.text()).toContain('This page was already answered');
        expect(await second.text()).not.toContain('code=');
      });
    });

    it('leads nowhere by the back button', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url } = await stage.authorization();
        await page.goto(url);
        await signIn(page);
        await allow(page).click();
        await page.waitForURL(`${stage.client}/callback**`);
        await page.goBack();
        await page.waitForLoadState();
        if (await allow(page).isVisible()) await allow(page).click();
        await page.waitForLoadState('networkidle');
        expect(stage.arrivals.filter((arrival) => arrival.searchParams.has('code'))).toHaveLength(
          1,
        );
      });
    });

    it('refuses a form that another site posts, with a token of its own (ATK-12, AS-76)', async () => {
      await stage.inBrowser(async ({ page: attacker }) => {
        const { url } = await stage.authorization();
        await attacker.goto(url);
        const action = await attacker.locator('main form').getAttribute('action');
        const csrf = await attacker.locator('main input[name=csrf]').getAttribute('value');
        await stage.inBrowser(async ({ page: victim }) => {
          const forged = new URL('/forge', stage.client);
          forged.searchParams.set('action', `${stage.issuer}${action}`);
          forged.searchParams.set('csrf', csrf ?? '');
          await victim.goto(forged.href);
          const answered = victim.waitForResponse(`${stage.issuer}${action}`);
          await victim.getByRole('button').click();
          expect((await answered).status()).toBe(403);
          await victim.goto((await stage.authorization()).url);
          expect(await victim.title()).toBe('Sign in to Finance Sentiment');
        });
      });
    });

    it('refuses to be framed (ATK-10, AS-76)', async () => {
      await stage.inBrowser(async ({ page, messages, forget }) => {
        const frame = new URL('/frame', stage.client);
        frame.searchParams.set('of', (await stage.authorization()).url);
        await page.goto(frame.href);
        await expect.poll(() => messages.join('\n')).toContain("frame-ancestors 'none'");
        expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
        forget();
      });
    });

    it('shows a hostile client inert, with no violation of axe (ATK-11)', async () => {
      const hostile = await stage.register(`<script>alert(1)</script>\u202E${'W'.repeat(200)}`);
      await stage.inBrowser(async ({ page, messages }) => {
        const { url } = await stage.authorization(severalScopes, hostile);
        await page.goto(url);
        expect(await axeViolations(page)).toEqual([]);
        await signIn(page);
        await allow(page).waitFor();
        expect(await page.locator('.facts').textContent()).toContain('Unverified');
        expect(await page.locator('h1').textContent()).toMatch(
          /^Allow <script>alert\(1\)<\/script>W{35}… to use Finance Sentiment as you\?$/,
        );
        expect(await axeViolations(page)).toEqual([]);
        expect(messages).toEqual([]);
      });
    });

    it('shows an error page, and sends nobody anywhere, for a redirect that was never registered (AS-80)', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url } = await stage.authorization();
        const swapped = new URL(url);
        swapped.searchParams.set('redirect_uri', `${stage.client}/elsewhere`);
        const answer = await page.goto(swapped.href);
        expect(answer?.status()).toBe(400);
        expect(new URL(page.url()).origin).toBe(stage.issuer);
        expect(await page.locator('a').count()).toBe(0);
        expect(await axeViolations(page)).toEqual([]);
      });
    });
  },
);
