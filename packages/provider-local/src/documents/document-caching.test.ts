import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';

let host: DocumentHost;
let issuer: TestIssuer;
let clientId: string;
let start: number;

beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({
    dangerouslyMapClientDocuments: host.mapping,
    rateLimits: { clientDocuments: false },
  });
});
afterAll(async () => {
  host.close();
  await issuer.close();
});
beforeEach(() => {
  clientId = host.fresh();
  start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => vi.useRealTimers());

/** So many seconds after the beginning of the test. */
const at = (seconds: number) => vi.setSystemTime(start + seconds * 1000);
const { challenge } = pkce();
const open = async () => {
  const page = await formBrowser().open(
    authorizationUrl(issuer, { client_id: clientId, code_challenge: challenge }),
  );
  expect(page.leadsTo).toBeUndefined();
  return page.status;
};
const serve = (
  headers: Readonly<Record<string, string>> = {},
  change: Readonly<Record<string, unknown>> = {},
) => host.serve(documentOf(clientId, change), 200, headers);
const asked = () => host.requests.length;
const cache = (control: string) => ({ 'cache-control': control });

describe('a document that is remembered', () => {
  it.each<[number, string, () => Readonly<Record<string, string>>]>([
    [60, 'says nothing', () => ({})],
    [60, 'says something else', () => cache('as you like, max-age')],
    [60, 'must not be stored', () => cache('no-store')],
    [60, 'must always be checked', () => cache('no-cache, max-age=600')],
    [60, 'is private', () => cache('private, max-age=600')],
    [60, 'is over at once', () => cache('max-age=0')],
    [60, 'is over before it came', () => cache('max-age=-1')],
    [60, 'expired', () => ({ expires: '0' })],
    [
      60,
      'is old and may be guessed about',
      () => ({ 'last-modified': 'Thu, 01 Jan 2015 00:00:00 GMT' }),
    ],
    [600, 'has an age', () => cache('public, max-age=600')],
    [400, 'is on its way for a while', () => ({ ...cache('max-age=600'), age: '200' })],
    [300, 'has another age for us', () => cache('max-age=900, s-maxage=300')],
    [600, 'may be old meanwhile', () => cache('max-age=600, stale-while-revalidate=86400')],
    [600, 'may be old on errors', () => cache('max-age=600, stale-if-error=86400')],
    [1800, 'has a time', () => ({ expires: new Date(start + 1_800_500).toUTCString() })],
    [86_400, 'never changes', () => cache('max-age=31536000, immutable')],
    [86_400, 'is immutable without an age', () => cache('immutable')],
    [86_400, 'has an age beyond numbers', () => cache('max-age=99999999999999999999')],
  ])(
    'is asked for again after %i seconds where it %s (AS-28, ATK-26)',
    async (seconds, _what, headers) => {
      serve(headers());
      expect(await open()).toBe(200);
      at(seconds - 2);
      expect(await open()).toBe(200);
      expect(asked()).toBe(1);
      at(seconds + 2);
      expect(await open()).toBe(200);
      expect(asked()).toBe(2);
    },
  );

  it.each([
    [{ etag: '"v1"' }, { 'if-none-match': '"v1"' }],
    [{ etag: 'W/"v1"' }, { 'if-none-match': 'W/"v1"' }],
    [
      { 'last-modified': 'Thu, 01 Jan 2015 00:00:00 GMT' },
      { 'if-modified-since': 'Thu, 01 Jan 2015 00:00:00 GMT' },
    ],
  ])('with %j is not sent again if it has not changed (AS-28)', async (validator, conditions) => {
    serve({ ...cache('max-age=100'), ...validator });
    await open();
    host.answer((_request, response) =>
      response.writeHead(304, { ...cache('max-age=200'), ...validator }).end(),
    );
    at(101);
    expect(await open()).toBe(200);
    expect(host.requests[1]?.headers).toMatchObject(conditions);
    at(300);
    expect(await open()).toBe(200);
    expect(asked()).toBe(2);
    at(302);
    expect(await open()).toBe(200);
    expect(asked()).toBe(3);
    expect(host.requests[2]?.headers).toMatchObject(conditions);
  });

  it('is fetched once for all that need it at the same time (AS-28)', async () => {
    host.answer((_request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(documentOf(clientId)));
      }, 50);
    });
    expect(await Promise.all(Array.from({ length: 8 }, open))).toEqual(Array(8).fill(200));
    expect(asked()).toBe(1);
  });

  it('is asked for once more while a person takes a minute, and not at each page', async () => {
    serve();
    const browser = formBrowser();
    const signIn = await browser.open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: challenge }),
    );
    const consent = await browser.submit(signIn.forms[0]!, ada);
    at(61);
    const [form] = consent.forms.filter(({ boxes }) => boxes.length > 0);
    const page = await browser.submit(form!, { decision: 'allow' });
    expect(page.leadsTo?.searchParams.has('code')).toBe(true);
    expect(asked()).toBe(2);
  });

  it.each<[string, () => void]>([
    ['is gone', () => host.serve('', 404)],
    ['was moved', () => host.serve('', 301, { location: 'https://client.example/x.json' })],
    ['lost its redirects', () => serve({}, { redirect_uris: [] })],
    ['has a secret', () => serve({}, { client_secret: 'x' })],
    ['is another page', () => host.serve('<html>', 200, { 'content-type': 'text/html' })],
    ['is too large', () => serve({}, { x: 'x'.repeat(6000) })],
    ['is compressed', () => serve({ 'content-encoding': 'gzip' })],
    ['is not ours to see', () => host.serve(documentOf(clientId), 403)],
  ])('is forgotten when it %s, and so is that (AS-28, ATK-26)', async (_what, change) => {
    serve(cache('max-age=100'));
    expect(await open()).toBe(200);
    change();
    at(101);
    expect(await open()).toBe(400);
    expect(await open()).toBe(400);
    expect(asked()).toBe(3);
    host.serve('', 503);
    expect(await open()).toBe(400);
    serve();
    expect(await open()).toBe(200);
  });

  it('no longer has a redirect that was taken out (ATK-26)', async () => {
    serve(cache('max-age=100'));
    expect(await open()).toBe(200);
    serve({}, { redirect_uris: ['https://client.example/cb'] });
    at(99);
    expect(await open()).toBe(200);
    at(101);
    expect(await open()).toBe(400);
  });

  it.each<[string, () => void]>([
    ['hangs up', () => host.answer((request) => request.socket.destroy())],
    ['fails', () => host.serve('', 503)],
    ['has too much to do', () => host.serve('', 429)],
  ])(
    'stands in for an hour where its host %s, which is asked once a minute (ATK-26)',
    async (_what, fail) => {
      serve(cache('max-age=100'));
      expect(await open()).toBe(200);
      fail();
      at(101);
      expect([await open(), await open(), await open()]).toEqual([200, 200, 200]);
      expect(asked()).toBe(2);
      at(162);
      expect(await open()).toBe(200);
      expect(asked()).toBe(3);
      at(3698);
      expect(await open()).toBe(200);
      at(3702);
      expect(await open()).toBe(400);
    },
  );

  it.each(['max-age=100, must-revalidate', 'max-age=100, s-maxage=100', 'no-cache', 'no-store'])(
    'does not stand in where its host said %s (RFC 9111 §4.2.4)',
    async (control) => {
      serve(cache(control));
      expect(await open()).toBe(200);
      host.serve('', 503);
      at(101);
      expect(await open()).toBe(400);
    },
  );
});

describe('consent to a client whose document changed', () => {
  const redirect_uri = 'https://client.example/cb';
  const key = (x: string) => ({ keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: 'k' }] });
  const first = {
    redirect_uris: [redirect_uri],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: key('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'),
  };

  type Members = Readonly<Record<string, unknown>>;
  it.each<[string, boolean, Members, Members?]>([
    ['in nothing', false, {}],
    ['in what no one sees', false, { contacts: ['someone@client.example'] }],
    ['its redirects', true, { redirect_uris: [redirect_uri, callback] }],
    ['its name', true, { client_name: 'Another Client' }],
    ['its keys', true, { jwks: key('hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo') }],
    ['where its keys lie', true, { jwks: undefined, jwks_uri: 'https://client.example/jwks' }],
    ['how it authenticates', true, { jwks: undefined, token_endpoint_auth_method: 'none' }],
    [
      'to which other place its keys went',
      true,
      { jwks: undefined, jwks_uri: 'https://client.example/other' },
      { jwks: undefined, jwks_uri: 'https://client.example/jwks' },
    ],
  ])('%s is asked for again: %s (AS-34, ATK-26)', async (_what, again, change, before = {}) => {
    serve(cache('max-age=100'), { ...first, ...before });
    const browser = formBrowser();
    const request = authorizationUrl(issuer, {
      client_id: clientId,
      code_challenge: challenge,
      redirect_uri,
    });
    await browser.authorize(request, ada);
    serve(cache('max-age=100'), { ...first, ...change });
    at(99);
    expect((await browser.open(request)).leadsTo?.searchParams.has('code')).toBe(true);
    at(101);
    const page = await browser.open(request);
    expect(asked()).toBe(2);
    expect(page.leadsTo?.searchParams.has('code') ?? false).toBe(!again);
    expect(page.html.includes('value="allow"')).toBe(again);
  });
});
