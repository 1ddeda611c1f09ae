import { expect, it } from 'vitest';
import { ada } from '../issuer.harness.js';
import { type FormBrowser, formBrowser } from '../testing/form-browser.js';
import { stageInteractions } from './interaction.harness.js';

const stage = stageInteractions();

/** What a HEAD request gets, and what it leaves behind. */
async function head(url: string | URL, browser: FormBrowser) {
  const before = stage.issuer.events().length;
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  const { status, headers } = await fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    headers: { cookie },
  });
  const recorded = stage.issuer.events().slice(before);
  return {
    status,
    allow: headers.get('allow'),
    cookies: headers.getSetCookie(),
    location: headers.get('location'),
    recorded,
  };
}
const nothing = { status: 405, cookies: [], location: null, recorded: [] };

it('HEAD opens no form, starts no request and records nothing', async () => {
  const browser = formBrowser();
  expect(await head(stage.request(), browser)).toEqual({ ...nothing, allow: 'GET' });
  const { url } = await stage.toConsent(browser);
  const consent = await head(url.href.replace('/switch-account', ''), browser);
  expect(consent).toEqual({ ...nothing, allow: 'GET, POST' });
  const apps = `${stage.issuer.issuer}/connected-apps`;
  expect(await head(apps, browser)).toEqual({ ...nothing, allow: 'GET' });
});

it('HEAD uses up no remembered consent: no code leaves', async () => {
  const browser = formBrowser();
  const url = stage.request({ client_id: 'web-app', redirect_uri: 'https://app.example/cb' });
  await browser.authorize(url, ada);
  expect((await browser.open(url)).leadsTo?.searchParams.has('code')).toBe(true);
  expect(await head(url, browser)).toEqual({ ...nothing, allow: 'GET' });
});

it('HEAD of documents has their headers', async () => {
  for (const path of ['/.well-known/oauth-authorization-server', '/jwks', '/portcullis.css']) {
    const url = `${stage.issuer.issuer}${path}`;
    const [get, asked] = [await fetch(url), await fetch(url, { method: 'HEAD' })];
    expect([asked.status, asked.headers.get('content-type')]).toEqual([
      200,
      get.headers.get('content-type'),
    ]);
    expect(await asked.text()).toBe('');
  }
});
