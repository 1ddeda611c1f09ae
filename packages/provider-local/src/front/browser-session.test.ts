import { expect, it } from 'vitest';
import { ada, bob, startIssuer } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

it('a session ends when somebody else signs in in its place (AS-83, ATK-12)', async () => {
  const issuer = await startIssuer();
  const apps = `${issuer.issuer}/connected-apps`;
  const shows = async (cookie: string) => (await fetch(apps, { headers: { cookie } })).text();
  const browser = formBrowser();
  const [first, second] = [await browser.open(apps), await browser.open(apps)];
  const formOf = ({ forms }: typeof first) => forms[0] ?? expect.fail('The page has no form.');

  await browser.submit(formOf(first), ada);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  expect(await shows(cookie)).toContain('Signed in as <strong>Ada</strong>');
  const page = await browser.submit(formOf(second), bob);
  expect(page.html).toContain('Signed in as <strong>Bob</strong>');
  // Whoever kept a copy of the cookies holds nothing any more.
  expect(await shows(cookie)).not.toContain('Signed in as');
  await issuer.close();
});
