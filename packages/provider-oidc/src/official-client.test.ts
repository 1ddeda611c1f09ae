import { auth } from '@modelcontextprotocol/client';
import {
  AuthError,
  challengeResponse,
  createGate,
  defineScopes,
  type ProviderUnavailableError,
  unavailableResponse,
} from '@portcullis/core';
import { startFakeServer } from '@portcullis/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type OidcProvider, oidcProvider } from './oidc-provider.js';
import { keycloak, okta } from './presets/index.js';
import { createFakeOidc, type FakeOidc, type FakeOidcOptions } from './testing/index.js';

const callback = 'http://127.0.0.1:6274/callback';
const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:pay': { description: 'Pay.' },
});
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A resource behind a gate, on a port of its own. */
async function startResource(provider: OidcProvider): Promise<string> {
  const server = await startFakeServer({
    areaOf: () => 'other',
    async handle(request) {
      const document = gate.discover(request);
      if (document) return document;
      try {
        const caller = await gate.authenticate(request);
        if (caller.kind === 'challenge') return challengeResponse(caller);
        const decision = gate.authorize(caller.principal, ['mcp:tools:weather']);
        if (!decision.allowed) return challengeResponse(gate.challenge([decision]));
        const { subject, clientId, actor } = caller.principal;
        return Response.json({ subject, clientId, actor });
      } catch (error) {
        if (!AuthError.isInstance(error) || error.code !== 'PROVIDER_UNAVAILABLE') throw error;
        return unavailableResponse(error as ProviderUnavailableError);
      }
    },
  });
  closing.push(server.close);
  const resource = `${server.origin}/mcp`;
  const gate = createGate({ resource, provider, scopes, baseline: ['mcp:tools:weather'] });
  return resource;
}

async function startFake(options?: FakeOidcOptions): Promise<FakeOidc> {
  const fake = await createFakeOidc(options);
  closing.push(fake.close);
  return fake;
}

/** What the official SDK asks of an application, kept in memory; the fake approves at once. */
function application(more: object = {}) {
  const kept: Record<string, unknown> = {};
  return {
    kept,
    target: new URL('about:blank'),
    redirectUrl: callback,
    clientMetadata: {
      client_name: 'SDK Client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client as never,
    saveClientInformation(client: unknown) {
      kept.client = client;
    },
    tokens: () => kept.tokens as { access_token: string; refresh_token: string } | undefined,
    saveTokens(tokens: unknown) {
      kept.tokens = tokens;
    },
    async redirectToAuthorization(url: URL) {
      const response = await fetch(url, { redirect: 'manual' });
      this.target = new URL(response.headers.get('location') ?? 'about:blank');
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => String(kept.verifier),
    saveDiscoveryState(discovery: unknown) {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery as never,
    ...more,
  };
}

async function connect(app: ReturnType<typeof application>, serverUrl: string) {
  const scope = 'mcp:tools:weather';
  expect(await auth(app as never, { serverUrl, scope })).toBe('REDIRECT');
  const { searchParams } = app.target;
  const authorizationCode = searchParams.get('code') ?? '';
  const iss = searchParams.get('iss') ?? '';
  expect(await auth(app as never, { serverUrl, authorizationCode, iss } as never)).toBe(
    'AUTHORIZED',
  );
}

const call = (resource: string, token = '') =>
  fetch(resource, { headers: { authorization: `Bearer ${token}` } });
const known = { clientId: 'desktop', redirectUris: [callback] };

describe('the official client', () => {
  it('registers, signs in, calls and refreshes', async () => {
    const fake = await startFake();
    const resource = await startResource(oidcProvider({ issuer: fake.issuer }));
    const app = application();
    await connect(app, resource);
    const first = app.tokens();
    const answer = await call(resource, first?.access_token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ subject: 'user-1', actor: 'user' });

    expect(await auth(app as never, { serverUrl: resource })).toBe('AUTHORIZED');
    expect(app.tokens()?.refresh_token).not.toBe(first?.refresh_token);
    expect((await call(resource, app.tokens()?.access_token)).status).toBe(200);
  });

  it('is known by its document', async () => {
    const clientMetadataUrl = 'https://client.example/mcp-client.json';
    const clientDocument = (url: string) =>
      url === clientMetadataUrl ? { redirect_uris: [callback] } : undefined;
    const fake = await startFake({ clientDocument, registration: false });
    const resource = await startResource(oidcProvider({ issuer: fake.issuer }));
    const app = application({ clientMetadataUrl });
    await connect(app, resource);
    const answer = await call(resource, app.tokens()?.access_token);
    expect(await answer.json()).toMatchObject({ clientId: clientMetadataUrl });
  });

  it.each([
    ['keycloak', (origin: string) => keycloak({ baseUrl: origin, realm: 'finance' })],
    [
      'okta',
      (origin: string) =>
        okta({ domain: origin, authorizationServer: 'default', audience: 'api://default' }),
    ],
  ] as const)('is registered beforehand at %s', async (shape, preset) => {
    const fake = await startFake({ shape, clients: [known], registration: false });
    const resource = await startResource(oidcProvider(preset(fake.origin)));
    const app = application({ clientInformation: () => ({ client_id: 'desktop' }) });
    await connect(app, resource);
    const answer = await call(resource, app.tokens()?.access_token);
    expect(await answer.json()).toMatchObject({ clientId: 'desktop', actor: 'user' });
  });

  it('gets in with an opaque token too, until that is revoked', async () => {
    const fake = await startFake({ opaque: true });
    const { introspector, issuer } = fake;
    const introspection = { ...introspector, rememberSeconds: 0 };
    const resource = await startResource(oidcProvider({ issuer, introspection }));
    const app = application();
    await connect(app, resource);
    const token = app.tokens()?.access_token ?? '';
    expect((await call(resource, token)).status).toBe(200);
    fake.revoke(token);
    expect((await call(resource, token)).status).toBe(401);
  });
});

describe('a machine', () => {
  it('gets a token for itself and calls', async () => {
    const secret = 'robot-secret';
    const fake = await startFake({ clients: [{ clientId: 'robot', secret, redirectUris: [] }] });
    const resource = await startResource(oidcProvider({ issuer: fake.issuer }));
    const response = await fetch(`${fake.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`robot:${secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'mcp:tools:weather',
        resource,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const answer = await call(resource, token);
    expect(await answer.json()).toEqual({ subject: 'robot', clientId: 'robot', actor: 'client' });
  });
});

describe('on the wire', () => {
  it('an issuer that is down is 503, never 401 (RS-61)', async () => {
    const fake = await startFake();
    const provider = oidcProvider({ issuer: fake.issuer, timeoutMs: 200, retryAfter: 7 });
    const resource = await startResource(provider);
    const token = await fake.mint({ claims: { aud: resource }, scopes: ['mcp:tools:weather'] });
    fake.breakWith('hang');
    const answer = await call(resource, token);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('so is an introspection endpoint that gives no answer; a bad token is 401', async () => {
    const fake = await startFake({ opaque: true });
    const { introspector: introspection, issuer } = fake;
    const resource = await startResource(oidcProvider({ issuer, introspection, timeoutMs: 200 }));
    const token = await fake.mint({ claims: { aud: resource }, scopes: ['mcp:tools:weather'] });
    fake.breakWith('status_500', 'other');
    expect((await call(resource, token)).status).toBe(503);
    fake.repair();
    expect((await call(resource, token)).status).toBe(200);
    const foreign = await fake.mint({ claims: { aud: 'https://other.example.com' } });
    expect((await call(resource, foreign)).status).toBe(401);
  });

  it('a token without the scope is 403, which names it', async () => {
    const fake = await startFake();
    const resource = await startResource(oidcProvider({ issuer: fake.issuer }));
    const answer = await call(resource, await fake.mint({ claims: { aud: resource } }));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('scope="mcp:tools:weather"');
  });
});
