import { startFakeServer } from '@portcullis/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExchangeOptions } from './oidc-options.js';
import { oidcProvider } from './oidc-provider.js';

const resource = 'https://mcp.example.com/mcp';
const want = { audience: 'https://quotes.example.com/mcp', scopes: ['quotes:read', 'quotes:x'] };
const good = { access_token: 'eyJ.x.y', token_type: 'Bearer', expires_in: 60 };
const client = { clientId: 'mcp server', clientSecret: 'secret:of/the server' };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** An issuer whose token endpoint answers this. */
async function issuerWith(body: unknown = good, status = 200, metadata: object = {}) {
  const credentials: (string | null)[] = [];
  const server = await startFakeServer({
    areaOf: (pathname) => (pathname === '/oauth/token' ? 'token' : 'metadata'),
    handle(request) {
      const { origin, pathname } = new URL(request.url);
      if (pathname === '/oauth/token') {
        credentials.push(request.headers.get('authorization'));
        return Response.json(body, { status });
      }
      return Response.json({
        ...{ issuer: origin, jwks_uri: `${origin}/keys`, token_endpoint: `${origin}/oauth/token` },
        ...metadata,
      });
    },
  });
  closing.push(server.close);
  const reported: string[] = [];
  const exchange = (
    more: Partial<ExchangeOptions> = {},
    signal = AbortSignal.timeout(5000),
    scopes: readonly string[] = want.scopes,
  ) =>
    oidcProvider({
      ...{ issuer: server.origin, timeoutMs: 300, exchange: { ...client, ...more } },
      report: (message) => reported.push(message),
    }).exchange?.(
      { scheme: 'Bearer', value: 'the.callers.token' },
      { ...want, scopes },
      {
        ...{ resource, now: 1_000, signal },
      },
    );
  return { server, credentials, reported, exchange };
}

describe('the exchange of oidcProvider (RFC 8693)', () => {
  it('is not offered unless it is set up', () => {
    expect(oidcProvider({ issuer: 'https://as.example.com' }).exchange).toBeUndefined();
  });

  it('sends the parameters of RFC 8693 to the endpoint of the metadata, the secret by Basic', async () => {
    const { server, credentials, exchange } = await issuerWith();
    expect(await exchange()).toEqual({ value: 'eyJ.x.y', scheme: 'Bearer', expiresAt: 1_060 });
    const { method, path, query, body } = server.requests.at(-1) ?? {};
    expect([method, path, query]).toEqual(['POST', '/oauth/token', {}]);
    // Both halves form-encoded (RFC 6749 §2.3.1): "mcp+server:secret%3Aof%2Fthe+server".
    expect(credentials).toEqual(['Basic bWNwK3NlcnZlcjpzZWNyZXQlM0FvZiUyRnRoZStzZXJ2ZXI=']);
    expect(body).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'the.callers.token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'https://quotes.example.com/mcp',
      scope: 'quotes:read quotes:x',
    });
  });

  it('sends the secret in the form where that is the method', async () => {
    const { server, credentials, exchange } = await issuerWith();
    await exchange({ authMethod: 'client_secret_post' });
    expect(credentials).toEqual([null]);
    expect(server.requests.at(-1)?.body).toMatchObject({
      client_id: 'mcp server',
      client_secret: 'secret:of/the server',
    });
  });

  it('asks for one scope, or names none where the issuer is to say', async () => {
    const { server, exchange } = await issuerWith();
    await exchange({}, undefined, ['quotes:read']);
    expect(server.requests.at(-1)?.body).toMatchObject({ scope: 'quotes:read' });
    await exchange({}, undefined, []);
    expect(server.requests.at(-1)?.body).not.toHaveProperty('scope');
  });

  it('takes a bound token for one, however its type is written, and lets it live for its last second', async () => {
    const { exchange } = await issuerWith({ ...good, token_type: 'dpop', expires_in: 1 });
    expect(await exchange()).toEqual({ value: 'eyJ.x.y', scheme: 'DPoP', expiresAt: 1_001 });
  });

  it('goes to the endpoint of the options without reading metadata', async () => {
    const { server, exchange } = await issuerWith();
    await exchange({ endpoint: `${server.origin}/oauth/token` });
    expect(server.requests.map(({ path }) => path)).toEqual(['/oauth/token']);
  });

  it('tells operators of a refusal, and repeats nothing that the issuer said', async () => {
    const { reported, exchange } = await issuerWith({ error: 'invalid_target' }, 400);
    await expect(exchange()).rejects.toMatchObject({
      code: 'DOWNSTREAM_REFUSED',
      error: 'invalid_target',
    });
    expect(reported).toEqual(['The issuer refused a token exchange (invalid_target).']);
    const hostile = await issuerWith({ error: '<script>' }, 401);
    await expect(hostile.exchange()).rejects.toMatchObject({ error: 'unknown' });
    const silent = await issuerWith(null, 400);
    await expect(silent.exchange()).rejects.toMatchObject({ error: 'unknown' });
  });

  const noToken = 'The token endpoint answered with no token.';
  it.each([
    [
      'a rate limit',
      { error: 'slow_down' },
      429,
      'The token endpoint limits the rate of token exchanges.',
    ],
    ['no token', { token_type: 'Bearer' }, 200, noToken],
    ['nothing', null, 200, noToken],
    ['another kind of token', { ...good, issued_token_type: 'urn:x' }, 200, noToken],
    ['a token of no known scheme', { ...good, token_type: 'mac' }, 200, noToken],
    ['a token that is no header value', { ...good, access_token: 'a b' }, 200, noToken],
    ['a token that has ended', { ...good, expires_in: 0 }, 200, noToken],
    ['a token that never ends', { ...good, expires_in: '60' }, 200, noToken],
    [
      "the caller's own token (RS-65, ATK-49)",
      { ...good, access_token: 'the.callers.token' },
      200,
      "The token endpoint gave the caller's own token back.",
    ],
  ])('takes %s for an outage, which is no verdict', async (_, body, status, message) => {
    const { exchange } = await issuerWith(body, status);
    await expect(exchange()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', message });
  });

  it('takes an error of the server for an outage, which is no verdict', async () => {
    const { exchange } = await issuerWith({ error: 'server_error' }, 503);
    await expect(exchange()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });

  it.each([
    ['names none', undefined],
    ['names one without TLS elsewhere', 'http://as.example.com/token'],
  ])(
    'takes metadata that %s for an outage, and for a mistake at start-up',
    async (_, token_endpoint) => {
      const { server, exchange } = await issuerWith(good, 200, { token_endpoint });
      await expect(exchange()).rejects.toThrow(
        'The metadata has no "token_endpoint" that uses HTTPS.',
      );
      await expect(
        oidcProvider({ issuer: server.origin, exchange: client }).ready(),
      ).rejects.toThrow(
        '"exchange.endpoint" is missing, and the metadata has none that uses HTTPS.',
      );
    },
  );

  it('ends with its request', async () => {
    const { server, exchange } = await issuerWith();
    server.breakWith('hang', 'token');
    await expect(exchange({}, AbortSignal.timeout(20))).rejects.toThrow(
      'The wait for the issuer was ended.',
    );
  });

  it('names every mistake in its options', () => {
    const wrong = { clientId: '', authMethod: 'none', endpoint: 'x' } as never;
    expect(() => oidcProvider({ issuer: 'https://as.example.com', exchange: wrong })).toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining(
          [
            'exchange.clientId',
            'exchange.clientSecret',
            'exchange.endpoint',
            'exchange.authMethod',
          ].map((option) => expect.objectContaining({ option })),
        ),
      }),
    );
  });
});
