import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineScopes, type ScopeVocabulary } from '@portcullis/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ada, authorizationUrl, pkce, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { sqliteStore } from '../store/sqlite-store.js';
import { type FormBrowser, formBrowser } from '../testing/form-browser.js';
import { consentForm } from './interaction.harness.js';

const resource = 'https://news.example/mcp';
const redirectUris = ['https://app.example/cb', 'https://app.example:8443/cb'] as const;
const { challenge } = pkce();

/** A vocabulary with a bundle, and with a tool that the wildcard over all tools covers. */
const bundleOf = (...implies: readonly ('mcp:read' | 'mcp:pay')[]) =>
  defineScopes({
    'mcp:read': { description: 'Read.' },
    'mcp:pay': { description: 'Pay bills.' },
    'mcp:tools:one': { description: 'Use a tool.' },
    'mcp:operate': { description: 'Operate.', implies },
  });

let directory: string;
let issuer: TestIssuer;

/** The issuer as its operator starts it anew, on the same store and the same port. */
async function start(scopes: ScopeVocabulary, name = 'Web App'): Promise<void> {
  const port = issuer ? Number(new URL(issuer.issuer).port) : 0;
  await issuer?.close();
  issuer = await startIssuer({
    port,
    resources: [{ resource, name: 'News', scopes }],
    store: sqliteStore({ path: join(directory, 'store.sqlite') }),
    clients: [
      {
        clientId: 'web-app',
        name,
        redirectUris: [...redirectUris],
        scopes: ['mcp:operate', 'mcp:*'],
        authentication: { method: 'none' },
      },
    ],
  });
}

const request = (scope: string, redirectUri: string = redirectUris[0]) =>
  authorizationUrl(issuer, {
    client_id: 'web-app',
    redirect_uri: redirectUri,
    code_challenge: challenge,
    resource,
    scope,
  });

/** A browser that keeps no connection, which the next start would break. */
function newBrowser(): FormBrowser {
  return formBrowser({
    fetch(url, init) {
      const headers = new Headers(init?.headers);
      headers.set('connection', 'close');
      return fetch(url, { ...init, headers });
    },
  });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'portcullis-consent-'));
  await start(bundleOf('mcp:read'));
});
afterEach(async () => {
  await issuer.close();
  rmSync(directory, { recursive: true, force: true });
});

it('asks again for a bundle that has grown, and for what it has gained (AS-78)', async () => {
  const browser = newBrowser();
  await browser.authorize(request('mcp:operate mcp:tools:one'), ada);
  const silent = await browser.open(request('mcp:operate'));
  expect(silent.leadsTo?.searchParams.has('code')).toBe(true);

  await start(bundleOf('mcp:read', 'mcp:pay'));
  const bundle = await browser.open(request('mcp:operate'));
  expect([bundle.status, bundle.leadsTo]).toEqual([200, undefined]);
  expect(bundle.html).toContain('Pay bills.');
  const gained = await browser.open(request('mcp:pay'));
  expect([gained.status, gained.leadsTo]).toEqual([200, undefined]);
  // What else was allowed then is not forgotten.
  const other = await browser.open(request('mcp:tools:one'));
  expect(other.leadsTo?.searchParams.has('code')).toBe(true);

  await browser.submit(consentForm(bundle), { decision: 'allow' });
  const allowed = await browser.open(request('mcp:operate mcp:pay'));
  expect(allowed.leadsTo?.searchParams.has('code')).toBe(true);
});

it('does not remember for another port of a web server', async () => {
  const browser = newBrowser();
  await browser.authorize(request('mcp:read'), ada);
  expect((await browser.open(request('mcp:read', redirectUris[1]))).status).toBe(200);
});

it.each([
  ['a bundle has grown', () => start(bundleOf('mcp:read', 'mcp:pay'))],
  ['the client has another name', () => start(bundleOf('mcp:read'), 'Your Bank')],
])('shows the page again when %s since it was shown (ATK-10)', async (_what, change) => {
  const browser = newBrowser();
  const signIn = await browser.open(request('mcp:operate'));
  const page = await browser.submit(consentForm(signIn), ada);
  await change();
  const again = await browser.submit(consentForm(page), { decision: 'allow' });
  expect([again.status, again.leadsTo]).toEqual([200, undefined]);
  expect(again.html).toContain('<p class="notice-title">This has changed</p>');
  const done = await browser.submit(consentForm(again), { decision: 'allow' });
  expect(done.leadsTo?.searchParams.has('code')).toBe(true);
});

it('takes a denial whatever has changed', async () => {
  const browser = newBrowser();
  const signIn = await browser.open(request('mcp:operate'));
  const page = await browser.submit(consentForm(signIn), ada);
  await start(bundleOf('mcp:read', 'mcp:pay'));
  const denied = await browser.submit(consentForm(page), { decision: 'deny' });
  expect(denied.leadsTo?.searchParams.get('error')).toBe('access_denied');
});
