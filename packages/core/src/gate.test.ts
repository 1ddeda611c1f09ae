import { describe, expect, it } from 'vitest';
import { memorySink } from './audit/memory-sink.js';
import { ConfigurationError, ProviderUnavailableError } from './errors.js';
import { createGate } from './gate.js';
import type { GateOptions } from './gate-options.js';
import { challengeResponse } from './http/challenge.js';
import type { AuthProvider } from './provider/auth-provider.js';
import { defineScopes } from './scope/scope-vocabulary.js';
import type { Principal } from './token/principal.js';
import { rejection } from './token/rejection.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:pay': { description: 'Pay a bill.' },
  'mcp:resources:bills:read': { description: 'Read bills.' },
  'mcp:tools:*': { description: 'Use every tool.' },
});
type Scope = (typeof scopes.names)[number];

const ada: Principal = {
  kind: 'principal',
  actor: 'user',
  issuer: 'https://as.example',
  subject: 'ada',
  clientId: 'client-1',
  tokenId: 'token-1',
  scopes: ['mcp:tools:weather'],
  expiresAt: 2_000_000_000,
  claims: {},
};

/** Answers by the token's text: what a gate makes of an answer is what these tests are about. */
const provider: AuthProvider = {
  specificationVersion: 'v1',
  id: 'table',
  authorizationServers: ['https://as.example'],
  async verify({ value }) {
    if (value === 'good') return ada;
    if (value === 'bound') return { ...ada, confirmation: { jkt: 'thumbprint' } };
    if (value === 'outage') throw new ProviderUnavailableError('The key set did not answer.');
    return rejection('token_expired', 'The token expired 3 s ago.');
  },
};

const gateWith = (options: Partial<GateOptions<Scope>> = {}) =>
  createGate<Scope>({
    resource: 'https://mcp.example.com/public/mcp',
    provider,
    scopes,
    baseline: ['mcp:tools:weather'],
    ...options,
  });
const gate = gateWith();

const post = (headers: Record<string, string> | Headers = {}) =>
  new Request('https://mcp.example.com/public/mcp', { method: 'POST', headers });
const bearer = (token: string) => post({ authorization: `Bearer ${token}` });

async function answerTo(request: Request) {
  const caller = await gate.authenticate(request);
  if (caller.kind === 'caller') return { status: 200 };
  const response = challengeResponse(caller);
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: (await response.json()) as unknown,
  };
}

const bare =
  'Bearer scope="mcp:tools:weather", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp"';
const invalidToken =
  'Bearer error="invalid_token", scope="mcp:tools:weather", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", error_description="The access token is invalid, expired or was issued for another server"';
const invalidRequest =
  'Bearer error="invalid_request", scope="mcp:tools:weather", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", error_description="The Authorization header is malformed or was sent more than once"';

describe('discover', () => {
  const wellKnown = 'https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp';

  it('answers at the path-inserted place, to everyone (RS-01, RS-02, RS-03, RS-06, RS-09)', async () => {
    const response = gate.discover(new Request(wellKnown));
    expect(response?.status).toBe(200);
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
      'content-type': 'application/json',
    });
    expect(await response?.text()).toBe(
      '{"resource":"https://mcp.example.com/public/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp:tools:weather"],"bearer_methods_supported":["header"]}',
    );
  });

  it('leaves out members without elements (RS-09)', async () => {
    const response = gateWith({ baseline: [] }).discover(new Request(wellKnown));
    expect(await response?.json()).toEqual({
      resource: 'https://mcp.example.com/public/mcp',
      authorization_servers: ['https://as.example'],
      bearer_methods_supported: ['header'],
    });
  });

  it.each([
    ['https://mcp.example.com', 'https://mcp.example.com/.well-known/oauth-protected-resource'],
    ['https://mcp.example.com/', 'https://mcp.example.com/.well-known/oauth-protected-resource'],
    [
      'https://mcp.example.com/mcp/',
      'https://mcp.example.com/.well-known/oauth-protected-resource/mcp/',
    ],
  ])(
    'finds the place for %s, and keeps the resource as written (RS-02, RS-04)',
    async (resource, url) => {
      const response = gateWith({ resource }).discover(new Request(url));
      expect(await response?.json()).toMatchObject({ resource });
    },
  );

  it('serves no root document for a resource with a path, nor its authorization server’s (RS-05, RS-11, RS-14)', () => {
    for (const path of [
      'oauth-protected-resource',
      'oauth-protected-resource/public',
      'oauth-authorization-server',
    ]) {
      expect(
        gate.discover(new Request(`https://mcp.example.com/.well-known/${path}`)),
      ).toBeUndefined();
    }
  });

  it('never derives a URL from the request (RS-12, ATK-84)', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    };
    const request = new Request(
      'http://evil.example/.well-known/oauth-protected-resource/public/mcp',
      { headers },
    );
    expect(await gate.discover(request)?.text()).not.toContain('evil');
    const challenge = await gate.authenticate(
      new Request('http://evil.example/public/mcp', { method: 'POST', headers }),
    );
    expect(JSON.stringify(challenge)).not.toContain('evil');
  });

  it('answers HEAD without a body, OPTIONS as a preflight and other verbs with 405 (RS-09)', async () => {
    const ask = (method: string) => gate.discover(new Request(wellKnown, { method }));
    expect([ask('HEAD')?.status, await ask('HEAD')?.text()]).toEqual([200, '']);
    expect(ask('OPTIONS')?.status).toBe(204);
    expect(ask('OPTIONS')?.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    expect([ask('POST')?.status, ask('POST')?.headers.get('allow')]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
    ]);
  });
});

describe('authenticate', () => {
  it('gives the caller of a good token (RS-40)', async () => {
    for (const header of ['Bearer good', 'bearer good', 'BEARER   good', '  Bearer good ']) {
      const caller = await gate.authenticate(post({ authorization: header }));
      expect(caller).toEqual({ kind: 'caller', principal: ada });
    }
  });

  it('asks for a token with scope and metadata, and no error when none was sent (RS-20, RS-22, RS-23, RS-24)', async () => {
    expect(await answerTo(post())).toEqual({
      status: 401,
      challenge: bare,
      body: {
        error_description: 'This server needs an access token',
        resource_metadata:
          'https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp',
      },
    });
  });

  it.each(['Basic YWRhOnB3', 'Digest x', 'Bearertoken', 'good', ''])(
    'takes %j for no credential (RS-43)',
    async (authorization) => {
      expect(await answerTo(post({ authorization }))).toMatchObject({
        status: 401,
        challenge: bare,
      });
    },
  );

  it('ignores a token in the query or the body (RS-41, ATK-48)', async () => {
    const request = new Request('https://mcp.example.com/public/mcp?access_token=good', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'access_token=good',
    });
    expect(await answerTo(request)).toMatchObject({ status: 401, challenge: bare });
    expect(request.bodyUsed).toBe(false);
  });

  it('calls a refused token invalid, and says no more (RS-20, RS-24, RS-50)', async () => {
    expect(await answerTo(bearer('stale'))).toEqual({
      status: 401,
      challenge: invalidToken,
      body: {
        error: 'invalid_token',
        error_description: 'The access token is invalid, expired or was issued for another server',
      },
    });
  });

  it('refuses two Authorization headers and a malformed one with 400 (RS-26, ATK-48)', async () => {
    const twice = new Headers([
      ['authorization', 'Bearer good'],
      ['authorization', 'Bearer good'],
    ]);
    const mixed = new Headers([
      ['authorization', 'Basic YWRhOnB3'],
      ['authorization', 'Bearer good'],
    ]);
    for (const request of [
      post(twice),
      post(mixed),
      bearer('a b'),
      bearer('a\tb'),
      bearer('a,b'),
      post({ authorization: 'Bearer' }),
    ]) {
      expect(await answerTo(request)).toMatchObject({ status: 400, challenge: invalidRequest });
    }
  });

  it('refuses an endless token before anyone decodes it (RS-43, ATK-47)', async () => {
    expect(await answerTo(bearer('a'.repeat(1_000_000)))).toMatchObject({
      status: 401,
      challenge: invalidToken,
    });
  });

  it('refuses a bound token, since nobody checked its proof (ATK-52)', async () => {
    expect(await answerTo(bearer('bound'))).toMatchObject({ status: 401, challenge: invalidToken });
    expect(await answerTo(post({ authorization: 'DPoP good' }))).toMatchObject({
      status: 401,
      challenge: invalidToken,
    });
  });

  it('lets an outage through as an outage (RS-61)', async () => {
    await expect(gate.authenticate(bearer('outage'))).rejects.toThrow(ProviderUnavailableError);
  });

  it('hands a downstream exchange on without showing the token (RS-65)', async () => {
    const exchanging = gateWith({
      provider: {
        ...provider,
        exchange: async (token, want) => ({
          value: `${token.value} for ${want.audience}`,
          scheme: 'Bearer',
          expiresAt: 1,
        }),
      },
    });
    const caller = await exchanging.authenticate(bearer('good'));
    if (caller.kind !== 'caller') throw new Error('not let in');
    expect(JSON.stringify(caller)).not.toContain('good');
    expect(
      (await caller.downstream?.({ audience: 'https://api.example', scopes: [] }))?.value,
    ).toBe('good for https://api.example');
  });
});

describe('authorize and challenge', () => {
  const prefix = 'Bearer error="insufficient_scope", scope=';
  const suffix =
    ', resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", error_description="The access token lacks a scope that this operation needs"';

  it('names every scope that the operation needs, held or not (RS-27, RS-28)', async () => {
    const decision = gate.authorize(ada, [
      'mcp:tools:weather',
      'mcp:tools:pay',
      'mcp:resources:bills:read',
    ]);
    expect(decision).toMatchObject({
      allowed: false,
      missing: ['mcp:tools:pay', 'mcp:resources:bills:read'],
    });
    const response = challengeResponse(gate.challenge([decision]));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `${prefix}"mcp:tools:weather mcp:tools:pay mcp:resources:bills:read"${suffix}`,
    );
    expect(await response.json()).toEqual({
      error: 'insufficient_scope',
      error_description: 'The access token lacks a scope that this operation needs',
      scope: 'mcp:tools:weather mcp:tools:pay mcp:resources:bills:read',
    });
  });

  it('echoes what is held where asked to, as it was granted, each once (RS-29)', () => {
    const decision = gate.authorize(ada, ['mcp:tools:pay']);
    const also = ['mcp:resources:*', 'mcp:tools:weather', 'mcp:tools:pay'];
    const challenge = gate.challenge([decision], { also });
    expect(challengeResponse(challenge).headers.get('www-authenticate')).toBe(
      `${prefix}"mcp:resources:* mcp:tools:weather mcp:tools:pay"${suffix}`,
    );
  });

  it('writes only scope tokens into header and body (RS-31, ATK-88)', async () => {
    const challenge = gate.challenge([gate.authorize(ada, ['mcp:tools:pay'])], {
      also: ['a"b', 'x\r\ny', 'ok'],
    });
    const response = challengeResponse(challenge);
    expect(response.headers.get('www-authenticate')).toBe(`${prefix}"ok mcp:tools:pay"${suffix}`);
    expect(await response.json()).toMatchObject({ scope: 'ok mcp:tools:pay' });
  });

  it('asks for a fresher sign-in with 401 (RFC 9470)', () => {
    const challenge = gate.challenge([
      { allowed: false, reason: 'stale', maxAge: 300, acr: ['mfa', 'a", realm="b'] },
    ]);
    expect(challengeResponse(challenge).headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", max_age=300, acr_values="mfa", error_description="A more recent or stronger sign-in is required"',
    );
  });

  it('holds a step-up for possible for people, not for machines (RS-64)', () => {
    expect(gate.obtainable(ada, ['mcp:tools:pay'])).toBe(true);
    expect(gate.obtainable({ ...ada, actor: 'client' }, ['mcp:tools:pay'])).toBe(false);
  });

  it('names scopes as the issuer wants them asked for, and foreign ones as they are', async () => {
    for (const remembered of [0, 10]) {
      const prefixed = gateWith({ provider: { ...provider, scopePrefix: 'bills/' }, remembered });
      const first = await prefixed.authenticate(post());
      expect(first).toMatchObject({ status: 401, scopes: ['bills/mcp:tools:weather'] });
      const document = prefixed.discover(
        new Request('https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp'),
      );
      expect(await document?.json()).toMatchObject({
        scopes_supported: ['bills/mcp:tools:weather'],
      });
      const held = ['openid', 'mcp:tools:weather', 'mcp:resources:*'];
      const refused = prefixed.authorize({ ...ada, scopes: held }, ['mcp:tools:pay']);
      expect(prefixed.challenge([refused], { also: held }).scopes).toEqual([
        'openid',
        'bills/mcp:tools:weather',
        'bills/mcp:resources:*',
        'bills/mcp:tools:pay',
      ]);
    }
  });

  it('sends nobody to consent for what a role gives', () => {
    for (const remembered of [0, 10]) {
      const assigned = { ...provider, assignedScopes: ['mcp:tools:*'] };
      const mapping = gateWith({ provider: assigned, remembered });
      expect(mapping.obtainable(ada, ['mcp:tools:pay'])).toBe(false);
      expect(mapping.obtainable(ada, ['openid'])).toBe(true);
    }
  });
});

describe('createGate', () => {
  it('names every option that is wrong at once', () => {
    try {
      gateWith({
        resource: 'http://mcp.example.com/mcp',
        provider: { ...provider, authorizationServers: [] },
        baseline: ['mcp:tools:*', 'offline_access' as Scope, 'mcp:tools:x' as Scope],
        remembered: -1,
        audit: [memorySink()],
      });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as ConfigurationError).message).toBe(
        [
          'The configuration has 6 problems:',
          '"resource" must use HTTPS unless it is on loopback; got "http:". Pass the public URL, such as "https://mcp.example.com/mcp".',
          '"provider" names no authorization server. Give it at least one issuer.',
          '"baseline" names the wildcard "mcp:tools:*". A challenge names concrete scopes: list those that everyone needs.',
          '"baseline" names "offline_access". Leave it out: clients ask the authorization server for it.',
          '"baseline" names "mcp:tools:x", which the vocabulary does not declare. Declare it with defineScopes.',
          '"remembered" must be a whole number of tokens; got -1. Leave it out for 10,000.',
        ].join('\n  - '),
      );
    }
  });

  it('does not start where a role stands for a scope that nobody declared', () => {
    const withRoles = (...mappedScopes: string[]) =>
      gateWith({ provider: { ...provider, mappedScopes } });
    expect(() => withRoles('mcp:tools:pay', 'mcp:tools:*')).not.toThrow();
    expect(() => withRoles('mcp:tools:pya')).toThrow(
      '"provider" maps a role to "mcp:tools:pya", which covers no scope that the vocabulary declares. Declare it with defineScopes, or correct the provider’s "grants.roles".',
    );
  });

  it('does not start without a vocabulary or a provider', () => {
    const nothing = { scopes: undefined, provider: undefined, baseline: [] };
    expect(() => gateWith(nothing as unknown as Partial<GateOptions<Scope>>)).toThrow(
      /"provider" is not an AuthProvider[\s\S]*"scopes" is missing\. Declare them/,
    );
  });

  it('publishes no offline_access and no catalogue (RS-07)', () => {
    expect(() => gateWith({ baseline: ['offline_access' as Scope] })).toThrow(
      '"baseline" names "offline_access".',
    );
  });
});
