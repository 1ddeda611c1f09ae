import { axeViolations, findChromium, launchChromium, watchedPage } from 'browser-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../end-to-end/app.harness.js';
import { callWith } from '../end-to-end/signed-in.harness.js';

const chromium = findChromium();

describe.skipIf(chromium === undefined)('the audit viewer in a browser', () => {
  let app: RunningApp;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    app = await startApp({ ADMIN_PASSWORD: 'battery staple' });
    browser = await launchChromium(chromium ?? '');
    await callWith(app.resource, {});
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it.each([
    ['a desktop', { width: 1280, height: 800 }],
    ['a phone', { width: 320, height: 640 }],
  ])(
    'signs in, filters, follows an entry and signs out, without script, on %s',
    async (_, viewport) => {
      // With a browser's own headers: `fetch` would not have sent what a form sends.
      const { page, policyMessages } = await watchedPage(
        await browser.newContext({ viewport, javaScriptEnabled: false }),
      );
      await page.goto(`${app.origin}/admin/audit`);
      await page.fill('#password', 'wrong');
      await page.click('text="Sign in"');
      expect(await page.locator('[role=alert]').textContent()).toBe('That is not the password.');
      await page.fill('#password', 'battery staple');
      await page.click('text="Sign in"');
      await page.selectOption('#decision', 'challenged');
      await page.click('text="Filter"');
      expect(page.url()).toContain('decision=challenged');
      await page.locator('tbody a').first().click();
      expect(await page.locator('dl').textContent()).toContain('no_credential');
      await page.click('text="Sign out"');
      expect(await page.locator('h1').textContent()).toBe('Audit trail');
      expect(await page.locator('#password').count()).toBe(1);
      expect(policyMessages()).toEqual([]);
      await page.context().close();
    },
  );

  it('has nothing that axe minds, and nothing wider than a phone', async () => {
    const context = await browser.newContext({
      bypassCSP: true,
      viewport: { width: 320, height: 640 },
    });
    const page = await context.newPage();
    await page.goto(`${app.origin}/admin/audit`);
    expect(await axeViolations(page)).toEqual([]);
    await page.fill('#password', 'battery staple');
    await page.click('text="Sign in"');
    for (const follow of [undefined, 'tbody a']) {
      if (follow) await page.locator(follow).first().click();
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        320,
      );
    }
    await context.close();
  });
});
