import { axeViolations, findChromium, launchChromium, watchedPage } from 'browser-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../end-to-end/app.harness.js';
import { callWith, signIn } from '../end-to-end/signed-in.harness.js';

const chromium = findChromium();

describe.skipIf(chromium === undefined)('the audit viewer in a browser', () => {
  let app: RunningApp;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    app = await startApp({ ADMIN_PASSWORD: 'battery staple' });
    browser = await launchChromium(chromium ?? '');
    const { token } = await signIn(app.resource, { scopes: ['mcp:tools:analyze_sentiment'] });
    await callWith(app.resource, { authorization: `Bearer ${token()}` });
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
      const { page, messages } = await watchedPage(
        await browser.newContext({ viewport, javaScriptEnabled: false }),
      );
      await page.goto(`${app.origin}/admin/audit`);
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('That is not the password.');
      await page.getByLabel('Password').fill('battery staple');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('Decision').selectOption('challenged');
      await page.getByRole('button', { name: 'Filter' }).click();
      expect(page.url()).toContain('decision=challenged');
      await page.locator('tbody a').first().click();
      expect(await page.locator('dl').textContent()).toContain('no_credential');
      await page.getByRole('button', { name: 'Sign out' }).click();
      expect(await page.getByLabel('Password').count()).toBe(1);
      // The browser's word for a status of 401.
      expect(messages.filter((text) => !text.includes('401'))).toEqual([]);
      await page.context().close();
    },
  );

  it('needs no mouse, and leads from a call to the consent and back', async () => {
    const { page } = await watchedPage(await browser.newContext());
    await page.goto(`${app.origin}/admin/audit?what=tools`);
    const press = (key: string) => page.keyboard.press(key);
    const reach = async (name: string) => {
      const focused = () => document.activeElement?.textContent?.trim();
      for (let tries = 0; tries < 60; tries += 1) {
        await press('Tab');
        if ((await page.evaluate(focused))?.startsWith(name)) return;
      }
      throw new Error(`No Tab leads to "${name}".`);
    };
    // Past the name, which is fixed.
    await press('Tab');
    await press('Tab');
    await page.keyboard.type('battery staple');
    await press('Enter');
    await page.getByRole('heading', { name: 'Audit trail', exact: true }).waitFor();
    expect(page.url()).toBe(`${app.origin}/admin/audit?what=tools`);
    await reach('20');
    await press('Enter');
    await page.getByRole('heading', { name: 'tools/call whoami' }).waitFor();
    await page.getByRole('region', { name: 'Consent' }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'consent_allowed' }).waitFor();
    const calls = page.getByRole('region', { name: 'Calls' });
    expect(await calls.textContent()).toContain('tools/call whoami');
    await page.context().close();
  });

  it('opens an entry by a link in a message', async () => {
    const { page } = await watchedPage(await browser.newContext());
    await page.goto(`${app.origin}/admin/audit`);
    await page.getByLabel('Password').fill('battery staple');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const link = await page.locator('tbody a').first().getAttribute('href');
    await page.route('https://chat.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<a href="${app.origin}${link}">Look at this</a>`,
      }),
    );
    await page.goto('https://chat.example/');
    await page.getByRole('link').click();
    await page.getByText('How it came to this').waitFor();
    await page.context().close();
  });

  it('has nothing that axe minds, and nothing wider than a phone', async () => {
    const context = await browser.newContext({
      bypassCSP: true,
      viewport: { width: 320, height: 640 },
    });
    const page = await context.newPage();
    const look = async () => {
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    };
    await page.goto(`${app.origin}/admin/audit`);
    await look();
    await page.getByLabel('Password').fill('battery staple');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await look();
    await page.goto(`${app.origin}/admin/audit?from=x&what=tools`);
    await look();
    await page.locator('tbody a').first().click();
    await look();
    await page.goto(`${app.origin}/admin/audit/gone`);
    await look();
    await context.close();
  });
});
