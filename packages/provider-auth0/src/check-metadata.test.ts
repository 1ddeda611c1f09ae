import { AuthError } from '@portcullis/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Auth0ProviderOptions } from './auth0-options.js';
import { auth0Provider } from './auth0-provider.js';
import { createFakeAuth0, type FakeAuth0 } from './testing/index.js';

let auth0: FakeAuth0;
let reported: string[];

beforeAll(async () => {
  const resource = 'https://mcp.example.com/mcp';
  auth0 = await createFakeAuth0({ api: { identifier: resource, scopes: [] } });
});
afterAll(() => auth0.close());
beforeEach(() => {
  reported = [];
  auth0.repair();
});

function provider(more: Auth0ProviderOptions = {}) {
  const report = (message: string) => reported.push(message);
  return auth0Provider({ issuer: auth0.issuer, retryAfter: 0, timeoutMs: 500, report, ...more });
}

/** The tenant, but for some members of its metadata. */
function withMetadata(change: Readonly<Record<string, unknown>>) {
  return async (url: string, init: RequestInit) => {
    const answer = await fetch(url, init);
    if (url.endsWith('/jwks.json')) return answer;
    return Response.json({ ...(await answer.json()), ...change });
  };
}

describe('ready', () => {
  it('fetches the keys, and has nothing to say of a tenant that is set up', async () => {
    const trusted = provider();
    await trusted.ready();
    expect(trusted.status()).toMatchObject([{ keys: 2, age: 0 }]);
    expect(reported).toEqual([]);
  });

  it('says what a new tenant has switched off', async () => {
    const fresh = await createFakeAuth0();
    await provider({ issuer: fresh.issuer }).ready();
    expect(reported).toEqual([
      'The tenant lets no client register itself (flags.enable_dynamic_client_registration): only clients that you add can sign in.',
      'The tenant sends no "iss" to clients (authorization_response_iss_parameter_supported): switch it on, so that they notice when answers of two issuers are mixed up (RFC 9207).',
    ]);
    await fresh.close();
  });

  it('refuses a tenant that calls itself otherwise: somebody configured the wrong one', async () => {
    auth0.misname('https://other.eu.auth0.com/');
    await expect(provider().ready()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      problems: [{ option: 'issuer' }],
    });
  });

  it.each([
    [
      { code_challenge_methods_supported: ['plain'] },
      'The metadata of the tenant does not name S256 as a code challenge method: MCP clients refuse to go on.',
    ],
    [
      { authorization_response_iss_parameter_supported: 'true' },
      'The tenant sends no "iss" to clients (authorization_response_iss_parameter_supported): switch it on, so that they notice when answers of two issuers are mixed up (RFC 9207).',
    ],
    [
      { registration_endpoint: undefined, client_id_metadata_document_supported: 'yes' },
      'The tenant lets no client register itself (flags.enable_dynamic_client_registration): only clients that you add can sign in.',
    ],
  ])('says what the metadata shows to be off: %j', async (change, hint) => {
    await provider({ fetch: withMetadata(change) }).ready();
    expect(reported).toEqual([hint]);
  });

  it('is content with documents of clients in place of registration', async () => {
    const change = { registration_endpoint: undefined };
    await provider({ fetch: withMetadata(change) }).ready();
    expect(reported).toEqual([]);
  });

  it.each(['down', 'status_500', 'html', 'hang', 'huge', 'redirect', 'empty'] as const)(
    'throws an outage where the tenant cannot be asked: %s',
    async (fault) => {
      auth0.breakWith(fault);
      await expect(provider().ready()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    },
  );

  it('reads no more of the metadata than metadata has', async () => {
    auth0.breakWith('huge', 'metadata');
    await expect(provider().ready()).rejects.toThrow('answered with more than 262144 bytes');
  });

  it('waits no longer than its caller', async () => {
    auth0.breakWith('hang');
    const ended = await provider({ timeoutMs: 60_000 })
      .ready(AbortSignal.timeout(50))
      .catch((error: unknown) => error);
    expect(AuthError.isInstance(ended) && ended.code).toBe('PROVIDER_UNAVAILABLE');
    await expect(provider().ready(AbortSignal.abort())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });
});
