import { DownstreamRefusedError, ProviderUnavailableError } from '@portcullis/core';
import { startFakeServer } from '@portcullis/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Auth0Provider, auth0Provider } from './auth0-provider.js';
import {
  addApi,
  addExchangeApplication,
  createFakeAuth0,
  type FakeAuth0,
} from './testing/index.js';

const resource = 'https://mcp.example.com/mcp';
const upstream = 'https://quotes.example.com/';
const client_secret = 'secret-of-the-mcp-server';
const want = { audience: upstream, scopes: ['quotes:read'] };

let auth0: FakeAuth0;
let reported: string[];

beforeAll(async () => {
  auth0 = await createFakeAuth0({ api: { identifier: resource, scopes: [] } });
  addApi(auth0.tenant, { identifier: upstream, scopes: ['quotes:read', 'quotes:write'] });
  const linked = { client_id: 'mcp-server', client_secret, identifier: resource };
  addExchangeApplication(auth0.tenant, linked);
});
afterAll(() => auth0.close());
beforeEach(() => {
  auth0.repair();
  reported = [];
});

function exchange(
  value: string,
  more: {
    secret?: string;
    audience?: string;
    scopes?: readonly string[];
    signal?: AbortSignal;
    clientId?: string;
  } = {},
) {
  const { clientId = 'mcp-server', secret = client_secret } = more;
  const provider = auth0Provider({
    ...{ issuer: auth0.issuer, timeoutMs: 500, exchange: { clientId, clientSecret: secret } },
    report: (message) => reported.push(message),
  });
  const context = { resource, now: 1_000, signal: more.signal ?? AbortSignal.timeout(5000) };
  const wanted = { audience: more.audience ?? upstream, scopes: more.scopes ?? want.scopes };
  return provider.exchange?.({ scheme: 'Bearer', value }, wanted, context);
}

const claimsOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('the exchange on behalf of the caller', () => {
  it('is not offered without an application of its own', () => {
    const without: Auth0Provider = auth0Provider({ issuer: auth0.issuer });
    expect(without.exchange).toBeUndefined();
  });

  it('brings a token for the other API that names the person and who acts', async () => {
    const given = await exchange(await auth0.mint());
    expect(given).toMatchObject({ scheme: 'Bearer', expiresAt: 1_000 + 86_400 });
    expect(claimsOf(given?.value)).toMatchObject({
      sub: 'auth0|66f0c0ffee',
      aud: upstream,
      scope: 'quotes:read',
      client_id: 'mcp-server',
      act: { sub: 'mcp-server' },
    });
  });

  it('sends the parameters of RFC 8693, secrets in the body', async () => {
    await exchange(await auth0.mint());
    const { method, path, query, headers, body } = auth0.requests.at(-1) ?? {};
    expect([method, path, query]).toEqual(['POST', '/oauth/token', {}]);
    expect(headers?.['content-type']).toContain('application/x-www-form-urlencoded');
    expect(body).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: 'mcp-server',
      client_secret,
      subject_token: expect.stringMatching(/^ey/),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: upstream,
      scope: 'quotes:read',
    });
  });

  it('names no scope where none is wished for: an empty one is none (RFC 6749 §3.3)', async () => {
    await exchange(await auth0.mint(), { scopes: [] });
    expect(auth0.requests.at(-1)?.body).not.toHaveProperty('scope');
  });

  it('nests who acted before, and ends at four', async () => {
    const acted = await auth0.mint({ claims: { act: { sub: 'a', act: { sub: 'b' } } } });
    expect(claimsOf((await exchange(acted))?.value).act).toEqual({
      sub: 'mcp-server',
      act: { sub: 'a', act: { sub: 'b' } },
    });
    const act = { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd' } } } };
    await expect(exchange(await auth0.mint({ claims: { act } }))).rejects.toMatchObject({
      error: 'invalid_request',
    });
  });

  it.each([
    ['a token that has expired', { claims: { exp: 1 } }],
    ['a token for another API', { claims: { aud: upstream } }],
    ['a token that somebody else signed', { signedBy: 'stranger' as const }],
  ])('is refused for %s', async (_, change) => {
    const refused = exchange(await auth0.mint(change));
    await expect(refused).rejects.toThrow(DownstreamRefusedError);
    await expect(refused).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('says what an administrator has to look at, and shows neither token nor secret', async () => {
    const token = await auth0.mint();
    const errors = await Promise.all([
      exchange(token, { secret: 'wrong-secret-of-the-server' })?.catch((error) => error),
      exchange(token, { audience: 'https://unknown.example.com/' })?.catch((error) => error),
    ]);
    expect(errors.map(({ code, error }) => [code, error])).toEqual([
      ['DOWNSTREAM_REFUSED', 'access_denied'],
      ['DOWNSTREAM_REFUSED', 'access_denied'],
    ]);
    expect(reported[0]).toBe(
      'The tenant refused a token exchange (access_denied): check the client id and secret of "exchange", that the audience is the identifier of an API, and that the application has a client grant for it.',
    );
    const shown = JSON.stringify([errors, reported, errors.map(String)]);
    for (const secret of [token.slice(-20), 'wrong-secret', client_secret]) {
      expect(shown).not.toContain(secret);
    }
  });

  it('names the switch that an application without leave lacks', async () => {
    const id = 'unlinked';
    const linked = { client_id: id, client_secret, identifier: resource };
    addExchangeApplication(auth0.tenant, linked);
    const client = auth0.tenant.clients.get(id);
    if (client) {
      const token_exchange = { allow_any_profile_of_type: [] };
      auth0.tenant.clients.set(id, { ...client, token_exchange });
    }
    await expect(exchange(await auth0.mint(), { clientId: id })).rejects.toMatchObject({
      error: 'unauthorized_client',
    });
    expect(reported).toEqual([
      expect.stringContaining(
        'on_behalf_of_token_exchange in token_exchange.allow_any_profile_of_type',
      ),
    ]);
  });

  it.each(['down', 'status_500', 'html', 'hang', 'redirect', 'empty_object', 'trickle'] as const)(
    'is an outage, and no refusal, while the tenant is broken: %s',
    async (fault) => {
      const token = await auth0.mint();
      auth0.breakWith(fault, 'token');
      await expect(exchange(token)).rejects.toThrow(ProviderUnavailableError);
      expect(auth0.redirected).toBe(0);
    },
  );

  it('ends with its request', async () => {
    const token = await auth0.mint();
    auth0.breakWith('hang', 'token');
    const signal = AbortSignal.timeout(20);
    await expect(exchange(token, { signal })).rejects.toThrow('The wait for the issuer was ended.');
  });
});

describe('a tenant that answers nonsense', () => {
  const good = { access_token: 'eyJ.x.y', token_type: 'Bearer', expires_in: 60 };

  async function answer(body: unknown, status = 200) {
    const server = await startFakeServer({
      areaOf: () => 'token',
      handle: () => Response.json(body, { status }),
    });
    const provider = auth0Provider({
      issuer: `${server.origin}/`,
      exchange: { clientId: 'mcp-server', clientSecret: client_secret },
      report: (message) => reported.push(message),
    });
    const context = { resource, now: 1_000, signal: AbortSignal.timeout(5000) };
    return provider
      .exchange?.({ scheme: 'Bearer', value: 'token' }, want, context)
      .finally(() => server.close());
  }

  it('is read where it makes sense', async () => {
    expect(await answer(good)).toEqual({ value: 'eyJ.x.y', scheme: 'Bearer', expiresAt: 1_060 });
    expect(await answer({ ...good, token_type: 'DPoP' })).toMatchObject({ scheme: 'DPoP' });
    expect(await answer({ ...good, expires_in: 60.9 })).toMatchObject({ expiresAt: 1_060 });
  });

  it.each([
    ['no token', { access_token: '' }],
    ['a token that breaks a header', { access_token: 'a\r\nb: c' }],
    ['no type', { token_type: undefined }],
    ['a type that nobody can present', { token_type: 'mac' }],
    ['no lifetime', { expires_in: undefined }],
    ['a lifetime in words', { expires_in: '60' }],
    ['a lifetime that is over', { expires_in: 0 }],
    ['a token of another kind', { issued_token_type: 'urn:ietf:params:oauth:token-type:id_token' }],
  ])('is no token: %s', async (_, change) => {
    await expect(answer({ ...good, ...change })).rejects.toThrow(ProviderUnavailableError);
  });

  it('may ask us to come back later', async () => {
    await expect(answer({ error: 'too_many_requests' }, 429)).rejects.toThrow(
      'The token endpoint limits the rate of token exchanges.',
    );
  });

  it('has no say in what our errors hold', async () => {
    const error = await answer({ error: 'eyJhbGciOi <script>' }, 400).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'DOWNSTREAM_REFUSED', error: 'unknown' });
    for (const named of ['constructor', '__proto__']) {
      await expect(answer({ error: named }, 400)).rejects.toMatchObject({ error: named });
    }
    expect(reported.slice(1)).toEqual([
      'The tenant refused a token exchange (constructor).',
      'The tenant refused a token exchange (__proto__).',
    ]);
    for (const body of [null, [], 'text', 7]) {
      await expect(answer(body, 400)).rejects.toMatchObject({ error: 'unknown' });
    }
  });
});
