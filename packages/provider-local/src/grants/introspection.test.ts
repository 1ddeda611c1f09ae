import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { oidcProvider } from '@portcullis/provider-oidc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callback,
  claimsOf,
  post,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  vocabulary,
  walk,
} from '../issuer.harness.js';

const secret = 's'.repeat(32);
const elsewhere = 'https://elsewhere.example/mcp';
const basic = (clientId: string, password = secret) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${password}`).toString('base64')}`,
});
const byPost = { method: 'client_secret_post', secret } as const;

let issuer: TestIssuer;
let client: string;
let gone = false;
beforeAll(async () => {
  const access = (clientId: string) =>
    ({ clientId, authentication: { method: 'client_secret_basic', secret } }) as const;
  const port = await freePort();
  issuer = await startIssuer({
    port,
    accounts: {
      ...testAccounts,
      find: async (subject) => (gone ? undefined : testAccounts.find(subject)),
    },
    resources: [
      {
        resource: `http://127.0.0.1:${port}/mcp`,
        name: 'Here',
        scopes: vocabulary,
        server: access('mcp-server'),
      },
      {
        resource: elsewhere,
        name: 'Elsewhere',
        scopes: vocabulary,
        server: access('other'),
      },
    ],
    clients: [
      {
        clientId: 'web',
        name: 'Web',
        redirectUris: [callback],
        scopes: ['mcp:tools:weather'],
        authentication: byPost,
      },
      { clientId: 'robot', name: 'Robot', scopes: ['mcp:tools:weather'], authentication: byPost },
    ],
  });
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

/** The resource lies on the port of the server, and is written down before that listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const ask = async (
  token: string,
  headers: Readonly<Record<string, string>> = basic('mcp-server'),
) => post(`${issuer.issuer}/introspect`, { token }, headers);
const inactive = { status: 200, body: { active: false } };
const machineToken = async (more: Readonly<Record<string, string>> = {}) => {
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
  return String((await post(`${issuer.issuer}/token`, { ...form, ...more })).body.access_token);
};

describe('introspection', () => {
  it("tells an MCP server of a person's token for it (AS-123, AS-124)", async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    const { status, headers, body } = await ask(tokens.access_token);
    const claims = claimsOf(tokens.access_token);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
    ]);
    expect(body).toEqual({
      active: true,
      scope: 'mcp:tools:weather',
      client_id: client,
      sub: 'user:ada',
      aud: issuer.resource,
      iss: issuer.issuer,
      exp: claims.exp,
      iat: claims.iat,
      jti: claims.jti,
      auth_time: claims.auth_time,
      token_type: 'Bearer',
    });
  });

  it("tells it of a client's own token too (AS-124)", async () => {
    expect((await ask(await machineToken())).body).toMatchObject({ active: true, sub: 'robot' });
  });

  it('says no more than inactive of what is not for the one who asks (AS-124, ATK-95)', async () => {
    const { tokens } = await walk(issuer, client);
    const foreign = await machineToken({ resource: elsewhere });
    expect(await ask(foreign)).toMatchObject(inactive);
    expect((await ask(foreign, basic('other'))).body.active).toBe(true);
    expect(await ask(tokens.access_token, basic('other'))).toMatchObject(inactive);
    expect(await ask(tokens.refresh_token)).toMatchObject(inactive);
    const form = { token: tokens.access_token, client_id: 'robot', client_secret: secret };
    expect(await post(`${issuer.issuer}/introspect`, form)).toMatchObject(inactive);
    const [head = '', , signature] = tokens.access_token.split('.');
    for (const nothing of ['x', 'x'.repeat(43), `${head}.e30.${signature}`, `${head}..`, ' ']) {
      const { status, body } = await ask(nothing);
      expect([status, body]).toEqual([200, { active: false }]);
    }
  });

  it('says inactive of a token that was revoked, and of a person who is gone (AS-124)', async () => {
    const { tokens } = await walk(issuer, client);
    gone = true;
    expect((await ask(tokens.access_token)).body).toEqual({ active: false });
    gone = false;
    expect((await ask(tokens.access_token)).body.active).toBe(true);
    await post(`${issuer.issuer}/revoke`, { client_id: client, token: tokens.refresh_token });
    expect((await ask(tokens.access_token)).body).toEqual({ active: false });
  });

  it('tells a client that authenticates of its own refresh tokens, and nobody else (AS-124)', async () => {
    const { code, verifier } = await walk(issuer, 'web');
    expect(code).not.toBe('');
    const redeemed = await post(`${issuer.issuer}/token`, {
      grant_type: 'authorization_code',
      client_id: 'web',
      client_secret: secret,
      code,
      code_verifier: verifier,
    });
    const token = String(redeemed.body.refresh_token);
    const form = { token, client_id: 'web', client_secret: secret };
    const { body } = await post(`${issuer.issuer}/introspect`, form);
    expect(body).toEqual({
      active: true,
      scope: 'mcp:tools:weather',
      client_id: 'web',
      sub: 'user:ada',
      iss: issuer.issuer,
      exp: expect.any(Number),
      iat: expect.any(Number),
    });
    expect(await ask(token)).toMatchObject(inactive);
    gone = true;
    expect(await post(`${issuer.issuer}/introspect`, form)).toMatchObject(inactive);
    gone = false;
  });

  it('is for those who prove who they are (AS-123, ATK-95)', async () => {
    const token = await machineToken();
    const refused = { status: 401, body: { error: 'invalid_client' } };
    const url = `${issuer.issuer}/introspect`;
    expect(await ask(token, {})).toMatchObject(refused);
    expect(await ask(token, basic('mcp-server', 'wrong'))).toMatchObject(refused);
    expect(await ask(token, basic('nobody'))).toMatchObject(refused);
    expect(await ask(token, { authorization: 'Bearer x' })).toMatchObject(refused);
    expect(await post(url, { token, client_id: client })).toMatchObject(refused);
    expect(await post(url, { token, client_id: 'mcp-server' })).toMatchObject(refused);
    expect((await ask(token, {})).headers.get('www-authenticate')).toBe(
      `Basic realm="${issuer.issuer}", error="invalid_client"`,
    );
  });

  it('takes a form by POST, within bounds, and from no page (AS-123)', async () => {
    const url = `${issuer.issuer}/introspect`;
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(405);
    const json = { ...basic('mcp-server'), 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers: json, body: '{}' })).status).toBe(400);
    const large = await ask('x'.repeat(40_000));
    expect([large.status, large.headers.get('access-control-allow-origin')]).toEqual([413, null]);
    const empty = await post(url, {}, basic('mcp-server'));
    expect([empty.status, empty.body.error]).toEqual([400, 'invalid_request']);
  });

  it('gives who may ask nothing else: no token, no sign-in (EXT-01)', async () => {
    const form = { grant_type: 'client_credentials' };
    expect(await post(`${issuer.issuer}/token`, form, basic('mcp-server'))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    const query = `client_id=mcp-server&response_type=code&redirect_uri=${callback}`;
    const page = await fetch(`${issuer.issuer}/authorize?${query}`, { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  });

  it('is in the metadata, with the ways to authenticate (AS-11)', async () => {
    const url = `${issuer.issuer}/.well-known/oauth-authorization-server`;
    expect(await (await fetch(url)).json()).toMatchObject({
      introspection_endpoint: `${issuer.issuer}/introspect`,
      introspection_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
      ],
      introspection_endpoint_auth_signing_alg_values_supported: [
        'ES256',
        'EdDSA',
        'Ed25519',
        'PS256',
        'RS256',
      ],
    });
  });
});

describe('an MCP server in another process', () => {
  it('learns of a revocation by asking (AS-124)', async () => {
    const provider = oidcProvider({
      issuer: issuer.issuer,
      introspection: {
        clientId: 'mcp-server',
        clientSecret: secret,
        always: true,
        rememberSeconds: 0,
      },
    });
    const verdict = async (value: string) => {
      const context = {
        resource: issuer.resource,
        now: Date.now() / 1000,
        signal: AbortSignal.timeout(5000),
      };
      const answer = await provider.verify({ scheme: 'Bearer', value }, context);
      return answer.kind === 'principal' ? answer.subject : answer.code;
    };
    const { tokens } = await walk(issuer, client);
    expect(await verdict(tokens.access_token)).toBe('user:ada');
    const form = { client_id: client, token: tokens.access_token };
    expect((await post(`${issuer.issuer}/revoke`, form)).status).toBe(200);
    expect(await verdict(tokens.access_token)).toBe('token_revoked');
  });
});
