import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { guardedFetch } from './client-documents.js';

const host = 'https://client.example';
let issuer: TestIssuer;
let documents: Server;
let requests: string[];
let answer: RequestListener;
let count = 0;

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  documents = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  const port = await listen(documents);
  issuer = await startIssuer({
    dangerouslyMapClientDocuments: { [host]: `http://127.0.0.1:${port}` },
    rateLimits: { clientDocuments: false },
  });
});
afterAll(async () => {
  documents.closeAllConnections();
  documents.close();
  await issuer.close();
});

/** A client id that nobody has asked for yet, since documents are remembered. */
let clientId: string;
beforeEach(() => {
  requests = [];
  count += 1;
  clientId = `${host}/client-${count}.json`;
});

const document = (change: Readonly<Record<string, unknown>> = {}) => ({
  client_id: clientId,
  client_name: 'Document Client',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...change,
});
function serve(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  answer = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}
const { challenge } = pkce();
const open = (id = clientId, change: Readonly<Record<string, string>> = {}) =>
  formBrowser().open(
    authorizationUrl(issuer, { client_id: id, code_challenge: challenge, ...change }),
  );

describe('a client id document', () => {
  it('is fetched once and makes a client, scopes of ours included (AS-20, AS-22, AS-28)', async () => {
    serve(document({ scope: 'mcp:tools:weather' }));
    const { tokens } = await walk(issuer, clientId, { scope: 'mcp:tools:pay' });
    expect(tokens.scope).toBe('mcp:tools:pay');
    expect(requests).toEqual([new URL(clientId).pathname]);
    const page = await open();
    expect(page.status).toBe(200);
    expect(requests).toHaveLength(1);
  });

  it('shows its host on the consent page (AS-30)', async () => {
    serve(
      document({ client_uri: 'https://famous.example', logo_uri: 'https://famous.example/l.png' }),
    );
    const browser = formBrowser();
    const signIn = await browser.open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: challenge }),
    );
    const { html } = await browser.submit(signIn.forms[0]!, ada);
    expect(html).toContain('client.example');
    expect(html).toContain('role="note"');
    expect(html).not.toContain('famous.example');
  });

  it.each<[string, () => unknown]>([
    ['with another client_id', () => document({ client_id: `${clientId}/` })],
    ['with a client_id in other case', () => document({ client_id: clientId.toUpperCase() })],
    ['without a client_id', () => document({ client_id: undefined })],
    ['without a name', () => document({ client_name: undefined })],
    ['without redirects', () => document({ redirect_uris: undefined })],
    ['with a hostile redirect', () => document({ redirect_uris: ['javascript:alert(1)'] })],
    ['with a plain http redirect', () => document({ redirect_uris: ['http://evil.example/'] })],
    ['with a secret (AS-23, ATK-25)', () => document({ client_secret: 'x' })],
    ['with an expiry of a secret', () => document({ client_secret_expires_at: 0 })],
    [
      'with a shared-secret method (AS-23)',
      () => document({ token_endpoint_auth_method: 'client_secret_post' }),
    ],
    ['that is a list', () => [document()]],
    ['that is no JSON', () => '<html>'],
    ['that is endless (AS-27)', () => JSON.stringify(document({ x: 'x'.repeat(6000) }))],
    ['that is deep', () => `${'['.repeat(2000)}${']'.repeat(2000)}`],
  ])('%s is refused with a page (AS-22, AS-42, ATK-23, ATK-24)', async (_what, body) => {
    serve(body());
    const page = await open();
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });

  it.each([204, 301, 302, 307, 404, 500])(
    'answered with %s is refused, and no redirect is followed (AS-25, ATK-22, ATK-23)',
    async (status) => {
      serve(status === 204 ? '' : document(), status, { location: `${host}/elsewhere.json` });
      expect((await open()).status).toBe(400);
      expect(requests).toHaveLength(1);
    },
  );

  it('that was refused is asked for again (AS-28)', async () => {
    serve(document({ client_id: 'x' }));
    await open();
    serve(document());
    expect((await open()).status).toBe(200);
  });

  it('that does not come in time is given up (AS-27, ATK-23)', async () => {
    answer = () => undefined;
    const started = Date.now();
    expect((await open()).status).toBe(400);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  it('with keys makes a client that must sign (AS-23, ATK-25)', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
    serve(document({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } }));
    const { status, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: 'x'.repeat(43),
    });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('never gives a machine token (EXT-01)', async () => {
    serve(
      document({
        grant_types: ['authorization_code', 'client_credentials'],
        scope: 'mcp:exec:workflows:*',
      }),
    );
    const { status, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
    });
    expect([status, body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('that changed is asked about again (AS-34, ATK-26)', async () => {
    const redirect_uri = 'https://client.example/cb';
    serve(document({ redirect_uris: [redirect_uri] }), 200, { 'cache-control': 'max-age=1' });
    const browser = formBrowser();
    const request = authorizationUrl(issuer, {
      client_id: clientId,
      code_challenge: challenge,
      redirect_uri,
    });
    await browser.authorize(request, ada);
    expect((await browser.open(request)).leadsTo?.searchParams.has('code')).toBe(true);
    serve(document({ redirect_uris: [redirect_uri, callback] }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
    try {
      const page = await browser.open(request);
      expect([page.status, page.leadsTo]).toEqual([200, undefined]);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });
});

describe('a client id', () => {
  it.each([
    'http://client.example/c.json',
    'https://client.example',
    'https://client.example/',
    'https://client.example/a/../c.json',
    'https://client.example/a/%2e%2e/c.json',
    'https://client.example/./c.json',
    'https://user@client.example/c.json',
    'https://client.example/c.json#x',
    'https://client.example/c.json?x=1',
    'https://CLIENT.example/c.json',
    'https://client.example:443/c.json',
    'https:\\\\client.example\\c.json',
    'https://client.example /c.json',
  ])('%s is refused without a request (AS-21, ATK-24)', async (id) => {
    serve(document({ client_id: id }));
    expect((await open(id)).status).toBe(400);
    expect(requests).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '[::1]',
    '[fc00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    'localhost',
    'localhost.',
    'a.localhost',
    'printer.local',
    'metadata.internal',
    'intranet',
    'client.example.',
  ])('on %s is refused without a connection (AS-26, ATK-20)', async (name) => {
    const connections = vi.fn();
    const trap = createServer(connections).on('connection', connections);
    const port = await listen(trap);
    expect((await open(`https://${name}:${port}/c.json`)).status).toBe(400);
    expect(connections).not.toHaveBeenCalled();
    trap.close();
  });
});

describe('the mapping to loopback', () => {
  it('leads nowhere else, whatever path a client names (AS-26, ATK-20)', async () => {
    const connections = vi.fn();
    const trap = createServer().on('connection', connections);
    const port = await listen(trap);
    serve('no document', 404);
    expect((await open(`${host}//127.0.0.1:${port}/c.json`)).status).toBe(400);
    expect(requests).toEqual([`//127.0.0.1:${port}/c.json`]);
    expect(connections).not.toHaveBeenCalled();
    trap.close();
  });
});

describe('the guard', () => {
  const settings = { documentOrigins: new Map<string, string>() } as never;

  it('refuses to fetch when the engine brings none', async () => {
    await expect(guardedFetch(settings)('https://client.example/c.json')).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  it('hangs up on a public name that leads to this machine (AS-26, ATK-21)', async () => {
    // The engine brings its dispatcher, so its own fetch is what is tried: through a name that resolves to loopback.
    const seen = vi.fn();
    const trap = createServer(seen);
    const port = await listen(trap);
    const { default: fetchRequest } = (await import(
      new URL('helpers/fetch_request.js', import.meta.resolve('oidc-provider')).href
    )) as { default: (provider: unknown, url: string, options: object) => Promise<Response> };
    const provider = await engineOf();
    await expect(
      fetchRequest(provider, `http://127.0.0.1:${port}/`, { method: 'GET' }),
    ).rejects.toThrow();
    expect(seen).not.toHaveBeenCalled();
    trap.close();
  });

  async function engineOf(): Promise<unknown> {
    const { Provider } = await import('oidc-provider');
    const { generateKeyPair: generate, exportJWK: toJwk } = await import('jose');
    const { privateKey } = await generate('ES256', { extractable: true });
    return new Provider('https://as.example', {
      jwks: {
        keys: [{ ...(await toJwk(privateKey)), kid: 'k', alg: 'ES256', use: 'sig' }] as never,
      },
      adapter: class {} as never,
      features: { devInteractions: { enabled: false } },
      fetch: guardedFetch(settings) as never,
    });
  }
});
