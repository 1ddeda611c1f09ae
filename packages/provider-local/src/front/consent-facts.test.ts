import { defineScopes } from '@portcullis/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type DocumentHost,
  documentOf,
  startDocumentHost,
} from '../documents/__fixtures__/document-host.js';
import {
  ada,
  authorizationUrl,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  vocabulary,
  walk,
} from '../issuer.harness.js';
import { toSettings } from '../settings.js';
import { formBrowser } from '../testing/form-browser.js';

let host: DocumentHost;
let issuer: TestIssuer;
const { challenge } = pkce();

beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({
    dangerouslyMapClientDocuments: host.mapping,
    pages: {
      productName: 'Acme Cloud',
      accentColor: '#0057B8',
      privacyUrl: 'https://acme.example/privacy',
    },
  });
});
afterAll(async () => {
  host.close();
  await issuer.close();
});

/** What a person reads: the text between the tags. */
const textOf = (html: string) =>
  html
    .replaceAll('<wbr>', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
const consentOf = async (clientId: string, scope = 'mcp:tools:weather') => {
  const browser = formBrowser();
  const parameters = { client_id: clientId, code_challenge: challenge, scope };
  const signIn = await browser.open(authorizationUrl(issuer, parameters));
  return { signIn, consent: await browser.submit(signIn.forms[0]!, ada) };
};

it('names the host of the document, whatever site the client calls its own (AS-30, AS-77)', async () => {
  const clientId = host.fresh();
  host.serve(
    documentOf(clientId, {
      client_uri: 'https://bank.example/',
      logo_uri: `${host.origin}/logo.png`,
      policy_uri: 'https://bank.example/policy',
    }),
  );
  const { consent } = await consentOf(clientId);
  expect(textOf(consent.html)).toContain(
    'Published by client.example (address checked over HTTPS)',
  );
  expect(consent.html).not.toMatch(/bank\.example|logo\.png/);
  expect(host.paths().filter((path) => !path.endsWith('.json'))).toEqual([]);
});

it('says of a client that registered itself that nobody has checked it (AS-47)', async () => {
  const { client_id } = (await register(issuer, { client_uri: 'https://bank.example/' })).body;
  const { consent } = await consentOf(client_id);
  expect(textOf(consent.html)).toContain(
    'Published by Unverified : it registered itself, and we could not check who made it',
  );
  expect(consent.html).not.toContain('bank.example');
});

it('keeps what was allowed before on the page of a step-up, collapsed, and marks the new', async () => {
  const { client_id } = (await register(issuer)).body;
  await walk(issuer, client_id, { scope: 'mcp:tools:weather' });
  const { consent } = await consentOf(client_id, 'mcp:tools:pay');
  expect(textOf(consent.html)).toContain('Pay bills. New mcp:tools:pay');
  expect(textOf(consent.html)).toContain(
    'Already allowed (1) Look up the weather. mcp:tools:weather',
  );
  expect(consent.html).toContain('<details class="more">\n<summary>Already allowed (1)</summary>');
});

it('leads to the connected apps', async () => {
  const { client_id } = (await register(issuer)).body;
  const { consent } = await consentOf(client_id);
  expect(consent.html).toContain('<a href="/connected-apps">Manage or remove connected apps</a>');
});

it('wears the name, the colour and the privacy link of the operator on every page', async () => {
  const { client_id } = (await register(issuer)).body;
  const { signIn, consent } = await consentOf(client_id);
  const failed = await formBrowser().open(`${issuer.issuer}/authorize`);
  for (const { html, headers } of [signIn, consent, failed]) {
    expect(html).toContain('<span class="brand-name">Acme Cloud</span>');
    expect(html).toContain('<a href="https://acme.example/privacy" rel="noreferrer">Privacy</a>');
    expect(html).not.toContain('style=');
    expect(headers.get('content-security-policy')).toContain("style-src 'self'");
    const [, href = ''] = /<link rel="stylesheet" href="([^"]*)">/.exec(html) ?? [];
    expect(href).toMatch(/^\/portcullis\.css\?[0-9a-f]{8}$/);
    const style = await fetch(`${issuer.issuer}${href}`);
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(await style.text()).toContain('--accent: #0057b8;');
  }
  // What the person allows is still the server, not the product.
  expect(consent.html).toContain('<h1>Allow Test Client to use Test Server as you?</h1>');
});

it.each([
  [{ accentColor: 'red' }, '"pages.accentColor" must be a colour as #rrggbb; got "red".'],
  [
    { accentColor: '#fff;} body{}' },
    '"pages.accentColor" must be a colour as #rrggbb; got "#fff;} body{}".',
  ],
  [
    { privacyUrl: 'javascript:alert(1)' },
    '"pages.privacyUrl" must be an https: URL; got "javascript:alert(1)".',
  ],
  [{ privacyUrl: '/privacy' }, '"pages.privacyUrl" must be an https: URL; got "/privacy".'],
  [
    { productName: ' \u202e' },
    '"pages.productName" must have 1 to 60 characters, all of them visible; got " \u202e".',
  ],
  [
    { productName: 'x'.repeat(61) },
    '"pages.productName" must have 1 to 60 characters, all of them visible',
  ],
  // Not what the types say.
  [
    { privacyUrl: new URL('https://acme.example/') },
    '"pages.privacyUrl" must be an https: URL; got object.',
  ],
  [{ accentColor: ['#0057b8'] }, '"pages.accentColor" must be a colour as #rrggbb; got object.'],
  [{ accentColor: 1n }, '"pages.accentColor" must be a colour as #rrggbb; got bigint.'],
  [null, '"pages" must be an object.'],
  ['dark', '"pages" must be an object.'],
])('refuses a look that could not be shown: %o', (pages, message) => {
  const issuer = 'https://auth.example.com';
  const resources = [{ resource: `${issuer}/mcp`, name: 'Server', scopes: vocabulary }];
  const options = { issuer, resources, accounts: testAccounts, pages };
  expect(() => toSettings(options as never)).toThrow(message);
});

it('tells what a bundle includes, and never ticks one with a wildcard in it', async () => {
  const scopes = defineScopes({
    'mcp:operate': {
      description: 'Run the newsroom.',
      implies: ['mcp:resources:news:write', 'mcp:resources:news:read'],
    },
    'mcp:administer': { description: 'Do anything.', implies: ['mcp:exec:workflows:*'] },
    'mcp:resources:news:read': { description: 'Read the news.' },
    'mcp:resources:news:write': { description: 'Change the news.' },
    'mcp:exec:workflows:*': { description: 'Run any workflow.' },
  });
  const bundled = await startIssuer({
    resources: [{ resource: 'https://news.example/mcp', name: 'News', scopes }],
  });
  const { client_id } = (await register(bundled)).body;
  const browser = formBrowser();
  const parameters = { client_id, code_challenge: challenge, resource: 'https://news.example/mcp' };
  const signIn = await browser.open(
    authorizationUrl(bundled, { ...parameters, scope: 'mcp:operate mcp:administer' }),
  );
  const consent = await browser.submit(signIn.forms[0]!, ada);
  expect(consent.forms.at(-1)?.boxes).toEqual([
    { name: 'scope', value: 'mcp:operate', ticked: true },
    { name: 'scope', value: 'mcp:administer', ticked: false },
  ]);
  expect(textOf(consent.html)).toContain(
    'Change data Adds, changes or removes data. Run the newsroom. mcp:operate Includes 2 more Read the news. Change the news.',
  );
  expect(textOf(consent.html)).toContain(
    'Do anything. mcp:administer Includes 1 more Run any workflow.',
  );
  await bundled.close();
});
