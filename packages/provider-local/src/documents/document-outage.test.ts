import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorizationUrl, pkce, post, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';

let host: DocumentHost;
let issuer: TestIssuer;
let clientId: string;

beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({ dangerouslyMapClientDocuments: host.mapping, rateLimits: false });
});
afterAll(async () => {
  host.close();
  await issuer.close();
});
beforeEach(() => {
  clientId = host.fresh();
});

const ask = async (endpoint: string, parameters: Readonly<Record<string, string>> = {}) => {
  const { status, headers, body } = await post(`${issuer.issuer}${endpoint}`, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: 'x'.repeat(43),
    token: 'x'.repeat(43),
    ...parameters,
  });
  return [status, body.error, headers.get('retry-after'), headers.get('www-authenticate')];
};
const away = [503, 'temporarily_unavailable', '5', null];

describe('a host that is away, of which nothing is remembered', () => {
  it.each<[string, () => void]>([
    ['hangs up', () => host.answer((request) => request.socket.destroy())],
    ['fails', () => host.serve('', 502)],
    ['has too much to do', () => host.serve('', 429)],
  ])('and %s is no verdict on a client that refreshes or revokes', async (_what, fail) => {
    fail();
    expect(await ask('/token')).toEqual(away);
    expect(await ask('/revoke')).toEqual(away);
    expect(issuer.events()).toContainEqual(expect.objectContaining({ type: 'token_refused' }));
    host.serve(documentOf(clientId));
    expect(await ask('/token')).toEqual([400, 'invalid_grant', null, null]);
  });

  it('is no verdict where its keys are needed', async () => {
    const claims = { iss: clientId, sub: clientId, aud: issuer.issuer, jti: 'j', exp: 1 };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${part({ alg: 'ES256' })}.${part({
        ...claims,
        exp: Math.floor(Date.now() / 1000) + 60,
      })}.${'A'.repeat(86)}`,
    };
    host.answer(({ url, socket }, response) => {
      if (url === '/jwks') return socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' });
      const method = { token_endpoint_auth_method: 'private_key_jwt' };
      response.end(
        JSON.stringify(documentOf(clientId, { ...method, jwks_uri: `${host.origin}/jwks` })),
      );
    });
    expect(await ask('/token', signed)).toEqual(away);
  });

  it('is one where it says that there is no such client', async () => {
    host.serve('', 404);
    expect(await ask('/token')).toEqual([400, 'invalid_client', null, null]);
    host.serve(documentOf(clientId, { x: 'x'.repeat(6000) }));
    expect(await ask('/token')).toEqual([400, 'invalid_client', null, null]);
  });
});

describe('a store that is away when a document is asked for anew', () => {
  it('is an outage to the person on the page, and the page is there again after it', async () => {
    const store = memoryStore();
    let failing = false;
    const started = await startIssuer({
      dangerouslyMapClientDocuments: host.mapping,
      store: {
        ...store,
        async readByAlias(...of) {
          if (failing) throw new Error('away');
          return store.readByAlias(...of);
        },
      },
    });
    // Nothing may stand in for it.
    host.serve(documentOf(clientId), 200, { 'cache-control': 'no-store' });
    const browser = formBrowser();
    const code_challenge = pkce().challenge;
    const page = await browser.open(
      authorizationUrl(started, { client_id: clientId, code_challenge }),
    );
    expect([page.status, page.html]).toEqual([200, expect.stringContaining('Document Client')]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400_000 });
    failing = true;
    const away = await browser.open(page.url);
    expect([away.status, away.headers.get('retry-after'), away.forms]).toEqual([503, '5', []]);
    failing = false;
    const back = await browser.open(page.url);
    expect([back.status, back.html]).toEqual([200, expect.stringContaining('Document Client')]);
    vi.useRealTimers();
    await started.close();
  });
});
