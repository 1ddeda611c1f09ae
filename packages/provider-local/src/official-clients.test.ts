import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v2 from '@modelcontextprotocol/client';
import * as v1 from '@modelcontextprotocol/sdk/client/auth.js';
import express from 'express';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, callback, claimsOf, testAccounts, vocabulary } from './issuer.harness.js';
import { type LocalProvider, localProvider } from './local-provider.js';
import { formBrowser } from './testing/form-browser.js';

const documentUrl = 'https://client.example/mcp-client.json';
let provider: LocalProvider;
let server: Server;
let documents: Server;
let origin: string;
let resource: string;

const listen = async (target: Server): Promise<string> => {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
};

/** The authorization server in an Express app that parses bodies first, beside a resource, as an MCP server has it. */
beforeAll(async () => {
  documents = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        client_id: documentUrl,
        client_name: 'Document Client',
        redirect_uris: [callback],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    );
  });
  const app = express();
  server = createServer(app);
  origin = await listen(server);
  resource = `${origin}/mcp`;
  provider = localProvider({
    issuer: origin,
    accounts: testAccounts,
    resources: [{ resource, name: 'Test Server', scopes: vocabulary }],
    dangerouslyMapClientDocuments: { 'https://client.example': await listen(documents) },
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'client_secret_basic', secret: 'robot-secret-of-30-characters!' },
      },
    ],
  });
  app.use(express.json(), express.urlencoded({ extended: true }));
  app.use(provider.authorizationServer);
  app.get('/.well-known/oauth-protected-resource/mcp', (_request, response) => {
    response.json({
      resource,
      authorization_servers: [origin],
      scopes_supported: ['mcp:tools:weather', 'mcp:tools:pay'],
    });
  });
  app.get('/mcp', (_request, response) => void response.send('the resource'));
});
afterAll(async () => {
  for (const one of [server, documents]) {
    one.closeAllConnections();
    one.close();
  }
  await provider.close();
});

/** What both SDKs ask of an application, kept in memory; the person is our form browser. */
function application(clientMetadataUrl?: string) {
  const kept: Record<string, unknown> = {};
  return {
    kept,
    target: undefined as URL | undefined,
    get redirectUrl() {
      return callback;
    },
    clientMetadata: {
      client_name: 'SDK Client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    ...(clientMetadataUrl ? { clientMetadataUrl } : {}),
    state: () => 'sdk-state',
    clientInformation: () => kept.client as never,
    saveClientInformation(client: unknown) {
      kept.client = client;
    },
    tokens: () => kept.tokens as { access_token: string; refresh_token: string } | undefined,
    saveTokens(tokens: unknown) {
      kept.tokens = tokens;
    },
    async redirectToAuthorization(url: URL) {
      this.target = await formBrowser().authorize(url, ada);
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => String(kept.verifier),
    saveDiscoveryState(discovery: unknown) {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery as never,
  };
}

type Auth = (
  app: never,
  options: { serverUrl: string; authorizationCode?: string; iss?: string; scope?: string },
) => Promise<string>;

describe.each<[string, Auth]>([
  ['v1', v1.auth as Auth],
  ['v2', v2.auth as Auth],
])('the official SDK client %s', (_version, auth) => {
  async function connect(app: ReturnType<typeof application>, scope?: string) {
    const more = scope === undefined ? {} : { scope };
    const first = await auth(app as never, { serverUrl: resource, ...more });
    expect(first).toBe('REDIRECT');
    const { searchParams } = app.target ?? new URL('about:blank');
    const done = await auth(app as never, {
      serverUrl: resource,
      authorizationCode: searchParams.get('code') ?? '',
      iss: searchParams.get('iss') ?? '',
    });
    expect(done).toBe('AUTHORIZED');
    return claimsOf(app.tokens()?.access_token ?? '');
  }

  it('registers, signs in, and refreshes (AS-16, AS-40, AS-60, AS-104)', async () => {
    const app = application();
    const claims = await connect(app);
    expect(claims).toMatchObject({
      iss: origin,
      aud: resource,
      sub: 'user:ada',
      scope: 'mcp:tools:weather mcp:tools:pay',
    });
    const before = app.tokens()?.refresh_token;
    expect(await auth(app as never, { serverUrl: resource })).toBe('AUTHORIZED');
    expect(app.tokens()?.refresh_token).not.toBe(before);
  });

  it('is known by its document (AS-20)', async () => {
    const claims = await connect(application(documentUrl));
    expect(claims.client_id).toBe(documentUrl);
  });

  it('steps up', async () => {
    const app = application();
    expect((await connect(app, 'mcp:tools:weather')).scope).toBe('mcp:tools:weather');
    app.kept.tokens = undefined;
    const claims = await connect(app, 'mcp:tools:weather mcp:resources:news:write');
    expect(claims.scope).toBe('mcp:tools:weather mcp:resources:news:write');
  });
});

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true };

  it.each(['oauth2', 'oidc'] as const)('discovers by %s', async (algorithm) => {
    const issuer = new URL(origin);
    const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, response);
    expect(server.token_endpoint).toBe(`${origin}/token`);
  });

  it('gets a machine token and finds it in order with RFC 9068', async () => {
    const issuer = new URL(origin);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, response);
    const client = { client_id: 'robot' };
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic('robot-secret-of-30-characters!'),
      { scope: 'mcp:exec:workflows:report', resource },
      insecure,
    );
    const { access_token } = await oauth.processClientCredentialsResponse(server, client, answer);
    const request = new Request(resource, { headers: { authorization: `Bearer ${access_token}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, resource, insecure);
    expect(claims.scope).toBe('mcp:exec:workflows:report');
  });
});

it('leaves the other paths of the app alone', async () => {
  expect(await (await fetch(resource)).text()).toBe('the resource');
  expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
});
