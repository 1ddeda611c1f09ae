import { afterAll, beforeAll, expect, it } from 'vitest';
import { ada, bob, register, startIssuer, type TestIssuer, walk } from '../issuer.harness.js';
import { type BrowserPage, type FormBrowser, formBrowser } from '../testing/form-browser.js';
import type { PageForm } from '../testing/page-forms.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

const apps = () => `${issuer.issuer}/connected-apps`;
const formOf = (page: BrowserPage, action: string): PageForm =>
  page.forms.find((form) => form.action === `${apps()}/${action}`)!;
const signInForm = async (browser: FormBrowser) => formOf(await browser.open(apps()), 'sign-in');

it('a page of one person does nothing for another who has signed in meanwhile', async () => {
  const { client_id } = (await register(issuer)).body;
  const browser = formBrowser();
  for (const person of [ada, bob]) {
    await walk(issuer, client_id, { scope: 'mcp:tools:weather', person });
  }
  const page = await browser.submit(await signInForm(browser), ada);
  await browser.submit(formOf(await browser.open(apps()), 'sign-out'));
  await browser.submit(await signInForm(browser), bob);
  const answer = await browser.submit(formOf(page, 'remove'));
  expect(answer.status).toBe(409);
  expect(answer.html).toContain('Signed in as <strong>Bob</strong>');
  expect(answer.html).toContain('<h2 id="app-1">Test Client</h2>');
});

it('a sign-in is taken once (ATK-10)', async () => {
  const browser = formBrowser();
  const form = await signInForm(browser);
  expect((await browser.submit(form, ada)).status).toBe(200);
  const again = await browser.submit(form, bob);
  expect(again.status).toBe(409);
  expect(again.html).toContain('Signed in as <strong>Ada</strong>');
});

it('a sign-in ends the session that was there before (AS-83)', async () => {
  const browser = formBrowser();
  const [first, second] = [await signInForm(browser), await signInForm(browser)];
  await browser.submit(first, ada);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const shownTo = async () => (await fetch(apps(), { headers: { cookie } })).text();
  expect(await shownTo()).toContain('Signed in as <strong>Ada</strong>');
  await browser.submit(second, bob);
  expect(await shownTo()).toContain('type="password"');
});
