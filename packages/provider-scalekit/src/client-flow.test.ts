import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth } from '@modelcontextprotocol/client';
import {
  challengeResponse,
  createGate,
  defineScopes,
  ProviderUnavailableError,
  unavailableResponse,
} from '@portcullis/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scalekitProvider } from './index.js';
import { type Application, application, callback } from './sdk-application.harness.js';
import { createFakeScalekit, type FakeScalekit } from './testing/index.js';

const documentUrl = 'https://client.example/mcp.json';
const scopes = defineScopes({
  'news:read': { description: 'Read news.' },
  'news:write': { description: 'Write news.' },
});

let server: Server;
let resource: string;
let fake: FakeScalekit;

/** A resource server of a gate and nothing else: 200 with who it was, 401, 403 or 503. */
beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resource = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  fake = await createFakeScalekit({
    resource,
    scopes: ['news:read', 'news:write'],
    clients: [
      { clientId: 'm2m_1', secret: 'machine-secret', scopes: ['news:read'] },
      { clientId: 'm2m_2', redirectUris: [callback] },
    ],
    clientDocument: (url) => (url === documentUrl ? { redirect_uris: [callback] } : undefined),
  });
  const provider = scalekitProvider({ metadata: fake.metadata, timeoutMs: 500, retryAfter: 1 });
  const gate = createGate({ resource, provider, scopes, baseline: ['news:read'], remembered: 0 });

  async function answer(request: Request): Promise<Response> {
    const document = gate.discover(request);
    if (document) return document;
    try {
      const caller = await gate.authenticate(request);
      if (caller.kind === 'challenge') return challengeResponse(caller);
      const decision = gate.authorize(caller.principal, ['news:read']);
      if (!decision.allowed) return challengeResponse(gate.challenge([decision]));
      const { actor, clientId, subject, tenant, issuer } = caller.principal;
      return Response.json({ actor, clientId, subject, tenant, issuer });
    } catch (error) {
      if (error instanceof ProviderUnavailableError) return unavailableResponse(error);
      throw error;
    }
  }
  server.on('request', async (incoming, outgoing) => {
    const { authorization } = incoming.headers;
    const headers = authorization === undefined ? {} : { authorization };
    const response = await answer(new Request(new URL(incoming.url ?? '/', resource), { headers }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await fake.close();
});

const call = (token: string): Promise<Response> =>
  fetch(resource, { headers: { authorization: `Bearer ${token}` } });

async function connect(app: Application, scope = 'news:read offline_access') {
  expect(await auth(app as never, { serverUrl: resource, scope })).toBe('REDIRECT');
  const authorizationCode = String(app.kept.code);
  expect(await auth(app as never, { serverUrl: resource, authorizationCode })).toBe('AUTHORIZED');
  return String(app.kept.tokens?.access_token);
}

describe("the official client against a server that trusts Scalekit's fake", () => {
  it('registers, gets a token for a user, and refreshes it', async () => {
    const app = application();
    const first = await connect(app);
    const response = await call(first);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      actor: 'user',
      clientId: expect.stringMatching(/^m2m_\d{16}$/),
      subject: 'usr_64032146283004161',
      tenant: 'org_59615193906282635',
      issuer: fake.issuer,
    });
    expect(await auth(app as never, { serverUrl: resource })).toBe('AUTHORIZED');
    const second = String(app.kept.tokens?.access_token);
    expect(second).not.toBe(first);
    expect((await call(second)).status).toBe(200);
  });

  it.each(['environment', 'resource'] as const)(
    'discovers, signs in and is let in while tokens name the %s as their issuer (RS-06, CL-04)',
    async (issuer) => {
      fake.switches.issuer = issuer;
      const app = application();
      const response = await call(await connect(app));
      expect(await response.json()).toMatchObject({
        issuer: issuer === 'environment' ? fake.url : fake.issuer,
      });
      // RFC 8414 §3.3: the client compares both with what our own metadata names.
      expect(app.kept.discovery).toMatchObject({
        authorizationServerUrl: fake.issuer,
        authorizationServerMetadata: { issuer: fake.issuer },
      });
    },
  );

  it('refuses, as operators were told, metadata of another name or in the other place (ATK-86)', async () => {
    const told: string[] = [];
    const provider = scalekitProvider({
      metadata: fake.metadata,
      report: (message) => void told.push(message),
    });
    fake.switches.metadataIssuer = fake.url;
    await provider.ready();
    await expect(auth(application() as never, { serverUrl: resource })).rejects.toThrow(
      'Issuer mismatch',
    );
    fake.switches.metadataIssuer = undefined;
    fake.switches.insertedMetadata = false;
    await provider.ready();
    await expect(auth(application() as never, { serverUrl: resource })).rejects.toThrow();
    expect(told).toEqual([
      `Clients are sent to "${fake.issuer}", and its metadata calls itself "${fake.url}": those that compare the two will refuse (RFC 8414 §3.3). Compare "environmentUrl" and "customDomain" with the metadata in Dashboard → MCP Servers, or pass that as "metadata".`,
      `The metadata of "${fake.issuer}" is not where RFC 8414 §3.1 puts it, only after the path: clients that look there alone will not find it. Ask Scalekit.`,
    ]);
  });

  it('comes with a client id document, and with a client that was registered by hand', async () => {
    const byDocument = application({ clientMetadataUrl: documentUrl });
    const document = await (await call(await connect(byDocument))).json();
    expect(document).toMatchObject({ actor: 'user', clientId: documentUrl });
    expect(fake.environment.clients.get(documentUrl)?.record.is_cimd).toBe(true);

    const byHand = application({ clientInformation: () => ({ client_id: 'm2m_2' }) });
    expect(await (await call(await connect(byHand))).json()).toMatchObject({ clientId: 'm2m_2' });
  });

  it('gets no refresh once the consent is withdrawn; the access token lives on', async () => {
    const app = application();
    const token = await connect(app);
    fake.environment.consents.clear();
    // The SDK falls back to asking the person again.
    expect(await auth(app as never, { serverUrl: resource })).toBe('REDIRECT');
    expect((await call(token)).status).toBe(200);
  });

  it('gets 403 and the missing scope where it was granted less', async () => {
    const response = await call(await connect(application(), 'news:write'));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="news:read", resource_metadata="${new URL('/.well-known/oauth-protected-resource/mcp', resource)}", error_description="The access token lacks a scope that this operation needs"`,
    );
  });

  it('cannot register where registration is off', async () => {
    const [record] = fake.environment.resources.values();
    fake.environment.resources.set(fake.resourceId, {
      ...record!,
      disable_dynamic_client_registration: true,
    });
    await expect(auth(application() as never, { serverUrl: resource })).rejects.toThrow();
    const response = await fetch(
      `${fake.url}/api/v1/resources/${fake.resourceId}/clients:register`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [callback] }),
      },
    );
    expect(response.status).toBe(403);
  });

  it('gets 503 and never 401 while the keys cannot be had (RS-63)', async () => {
    const token = await connect(application());
    for (const fault of ['down', 'hang', 'html', 'status_500', 'redirect', 'huge'] as const) {
      fake.breakWith(fault, 'keys');
      const response = await call(token);
      expect([fault, response.status]).toEqual([fault, 503]);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(response.headers.has('www-authenticate')).toBe(false);
    }
  });
});

describe('a machine client of the MCP server', () => {
  const ask = (form: Record<string, string>, path = '/oauth/token') =>
    fetch(`${fake.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'm2m_1', ...form }),
    });

  it.each(['/oauth/token', 'the token endpoint of the server'])(
    'gets a token at %s and is a client here (RS-64)',
    async (place) => {
      const path = place.startsWith('/') ? place : `/resources/${fake.resourceId}/oauth/token`;
      const response = await ask({ client_secret: 'machine-secret', scope: 'news:read' }, path);
      const { access_token, ...rest } = (await response.json()) as { access_token: string };
      expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: 'news:read' });
      expect(await (await call(access_token)).json()).toEqual({
        ...{ actor: 'client', clientId: 'm2m_1', subject: 'm2m_1' },
        issuer: fake.issuer,
      });
    },
  );

  it('is refused with a wrong secret, a scope that it may not have, and after its deletion', async () => {
    const refused = async (form: Record<string, string>) => {
      const response = await ask(form);
      const { error } = (await response.json()) as { error: string };
      return [response.status, error];
    };
    expect(await refused({ client_secret: 'guess' })).toEqual([401, 'invalid_client']);
    expect(await refused({ client_secret: 'machine-secret', scope: 'news:write' })).toEqual([
      400,
      'invalid_scope',
    ]);
    const basic = Buffer.from('%E0%A4%A:x').toString('base64');
    const garbled = await fetch(`${fake.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(garbled.status).toBe(401);
    fake.environment.clients.delete('m2m_1');
    expect(await refused({ client_secret: 'machine-secret' })).toEqual([401, 'invalid_client']);
  });
});
