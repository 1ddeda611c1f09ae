import { describe, expect, it } from 'vitest';
import { ProviderUnavailableError } from './errors.js';
import { ada, gate, gateWith, post, provider } from './gate.harness.js';
import { challengeResponse } from './http/challenge.js';
import type { DownstreamRequest } from './provider/auth-provider.js';

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

  it.each([
    ['two scopes in one', { audience: 'https://api.example', scopes: ['read write'] }],
    ['an empty scope', { audience: 'https://api.example', scopes: [''] }],
    ['a line of its own', { audience: 'https://api.example', scopes: ['read\nwrite'] }],
    ['text for a list', { audience: 'https://api.example', scopes: 'read' }],
    ['no audience', { audience: '', scopes: ['read'] }],
  ])('asks no issuer for a downstream token with %s', async (_, want) => {
    let asked = 0;
    const exchange = async () => {
      asked += 1;
      return { value: 'new', scheme: 'Bearer', expiresAt: 1 } as const;
    };
    const caller = await gateWith({ provider: { ...provider, exchange } }).authenticate(
      bearer('good'),
    );
    if (caller.kind !== 'caller') throw new Error('not let in');
    const wish = caller.downstream?.(want as DownstreamRequest);
    const error = await wish?.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect([String(error).includes('write'), asked]).toEqual([false, 0]);
  });
});
