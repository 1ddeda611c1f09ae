import { findChromium, watchedPage } from 'browser-testing';
import { decodeJwt } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allow, type Stage, signIn, startStage } from './__fixtures__/stage.js';

describe.skipIf(findChromium() === undefined)(
  'authorization in Chromium',
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

    const atClient = (page: Page) => page.waitForURL(`${stage.client}/callback**`);

    it.each([true, false])(
      'gives a token for what stayed ticked, with scripts: %s',
      async (javaScriptEnabled) => {
        await stage.inBrowser(
          async ({ page }) => {
            const { url, redeem } = await stage.authorization();
            await page.goto(url);
            expect(await page.title()).toBe('Sign in to Finance Sentiment');
            await signIn(page);
            expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
              'Allow Trial Client to use Finance Sentiment as you?',
            );
            await page.getByLabel('Read stored headlines.').uncheck();
            await allow(page).click();
            await atClient(page);
            const token = await redeem(stage.arrivals[0]);
            expect(token.scope).toBe('mcp:tools:analyze_sentiment');
            expect(decodeJwt(token.access_token)).toMatchObject({
              sub: 'user:ada',
              aud: `${stage.issuer}/mcp`,
              scope: 'mcp:tools:analyze_sentiment',
            });
            expect(stage.arrivals).toHaveLength(1);
          },
          javaScriptEnabled ? undefined : { javaScriptEnabled },
        );
      },
    );

    it('tells the client of a denial, with state and issuer', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, state } = await stage.authorization();
        await page.goto(url);
        await signIn(page);
        await page.getByRole('button', { name: 'Deny' }).click();
        await atClient(page);
        const answer = Object.fromEntries(stage.arrivals[0]?.searchParams ?? []);
        expect(answer).toMatchObject({ error: 'access_denied', state, iss: stage.issuer });
        expect(answer).not.toHaveProperty('code');
      });
    });

    it('asks again when nothing is ticked, and grants broad access only when that is', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, redeem } = await stage.authorization(
          'mcp:resources:news:read mcp:exec:workflows:*',
        );
        await page.goto(url);
        await signIn(page);
        await page.getByLabel('Read stored headlines.').uncheck();
        await allow(page).click();
        await page.getByRole('alert').waitFor();
        expect(await page.getByRole('alert').textContent()).toContain('Nothing is ticked');
        await page.getByLabel('Run every workflow.').check();
        await page.getByLabel('Read stored headlines.').uncheck();
        await allow(page).click();
        await atClient(page);
        expect((await redeem(stage.arrivals[0])).scope).toBe('mcp:exec:workflows:*');
      });
    });

    it('steps up: marks the new scope, and needs no second sign-in', async () => {
      await stage.inBrowser(async ({ page }) => {
        const first = await stage.authorization('mcp:resources:news:read');
        await page.goto(first.url);
        await signIn(page);
        await allow(page).click();
        await atClient(page);
        await first.redeem(stage.arrivals[0]);

        const second = await stage.authorization(
          'mcp:resources:news:read mcp:resources:news:write',
        );
        await page.goto(second.url);
        const marked = page.locator('.scope', { has: page.getByText('New', { exact: true }) });
        expect(
          await marked
            .locator('input')
            .evaluateAll((inputs) => inputs.map((input) => input.getAttribute('value'))),
        ).toEqual(['mcp:resources:news:write']);
        await allow(page).click();
        await page.waitForURL(
          (at) => at.pathname === '/callback' && at.href !== stage.arrivals[0]?.href,
        );
        expect((await second.redeem(stage.arrivals[1])).scope).toBe(
          'mcp:resources:news:read mcp:resources:news:write',
        );
      });
    });

    it('says the same to a wrong name and a wrong password, and goes on (AS-94)', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, redeem } = await stage.authorization();
        await page.goto(url);
        for (const [name, password] of [
          ['ada', 'wrong'],
          ['nobody', 'correct horse'],
        ] as const) {
          await signIn(page, name, password);
          await page.getByRole('alert').waitFor();
          expect(await page.getByRole('alert').textContent()).toContain(
            'That user name and password do not match.',
          );
          expect(await page.getByLabel('Password').inputValue()).toBe('');
        }
        await signIn(page);
        await allow(page).click();
        await atClient(page);
        expect(decodeJwt((await redeem(stage.arrivals[0])).access_token).sub).toBe('user:ada');
      });
    });

    it('lets "Not you?" answer as somebody else', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, redeem } = await stage.authorization();
        await page.goto(url);
        await signIn(page);
        await page.getByRole('button', { name: 'Not you?' }).click();
        await signIn(page, 'bob');
        expect(await page.locator('.account').textContent()).toContain('Signed in as bob');
        await allow(page).click();
        await atClient(page);
        expect(decodeJwt((await redeem(stage.arrivals[0])).access_token).sub).toBe('user:bob');
      });
    });

    it('keeps two tabs apart', async () => {
      await stage.inBrowser(async ({ page }, context) => {
        const left = await stage.authorization('mcp:resources:news:read');
        const right = await stage.authorization('mcp:tools:analyze_sentiment');
        await page.goto(left.url);
        await signIn(page);
        await allow(page).waitFor();
        const other = await watchedPage(context);
        await other.page.goto(right.url);
        await allow(page).click();
        await atClient(page);
        await allow(other.page).click();
        await atClient(other.page);
        expect((await left.redeem(stage.arrivals[0])).scope).toBe('mcp:resources:news:read');
        expect((await right.redeem(stage.arrivals[1])).scope).toBe('mcp:tools:analyze_sentiment');
        expect(other.policyMessages()).toEqual([]);
      });
    });

    it('needs no mouse, from the sign-in to the client', async () => {
      await stage.inBrowser(async ({ page }) => {
        const { url, redeem } = await stage.authorization(
          'mcp:resources:news:read mcp:tools:analyze_sentiment',
        );
        await page.goto(url);
        const press = async (...keys: readonly string[]) => {
          for (const key of keys) await page.keyboard.press(key);
        };
        await press('Tab');
        await page.keyboard.type('mallory');
        await press('Tab');
        await page.keyboard.type('correct horse');
        await press('Enter');
        await allow(page).waitFor();
        // "Not you?", the first box, the second one, which is unticked, and past Deny.
        await press('Tab', 'Tab', 'Tab', 'Space', 'Tab', 'Tab', 'Enter');
        await atClient(page);
        expect((await redeem(stage.arrivals[0])).scope).toBe('mcp:tools:analyze_sentiment');
      });
    });

    it('leads to the connected apps, where one is removed and one signs out, without scripts', async () => {
      await stage.inBrowser(
        async ({ page }) => {
          await page.goto((await stage.authorization('mcp:resources:news:read')).url);
          await signIn(page, 'bob');
          await allow(page).click();
          await atClient(page);
          await page.goto((await stage.authorization()).url);
          await page.getByRole('link', { name: 'Manage or remove connected apps' }).click();
          expect(await page.title()).toBe('Connected apps · Finance Sentiment');
          expect(await page.locator('.app').textContent()).toContain('Read stored headlines.');
          await page.locator('summary', { hasText: 'Remove' }).click();
          await page.getByRole('button', { name: 'Remove now Trial Client' }).click();
          await page.getByRole('status').waitFor();
          expect(await page.locator('main').textContent()).toMatch(
            /Trial Client is removed[\s\S]*No app is connected\./,
          );
          await page.getByRole('button', { name: 'Sign out' }).click();
          await signIn(page, 'bob');
          await page.getByRole('heading', { name: 'Connected apps' }).waitFor();
        },
        { javaScriptEnabled: false },
      );
    });
  },
);
