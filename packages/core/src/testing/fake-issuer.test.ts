import { createHash } from 'node:crypto';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeIssuer, type FakeIssuer, type FakeIssuerOptions } from './fake-issuer.js';

const open: FakeIssuer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((issuer) => issuer.close()));
});

async function start(options: FakeIssuerOptions = {}): Promise<FakeIssuer> {
  const issuer = await createFakeIssuer(options);
  open.push(issuer);
  return issuer;
}

type Json = Record<string, unknown>;
const getJson = async (url: unknown) => (await (await fetch(String(url))).json()) as Json;
const postForm = async (url: unknown, fields: Record<string, string>) =>
  (await (
    await fetch(String(url), { method: 'POST', body: new URLSearchParams(fields) })
  ).json()) as Json;

describe('createFakeIssuer', () => {
  it('comes back on the same port with the same key, so that who trusted it still does', async () => {
    const { privateKey: key } = await generateKeyPair('ES256', { extractable: true });
    const privateKey = { ...(await exportJWK(key)), kid: 'kept' };
    const first = await start({ privateKey });
    const port = Number(new URL(first.issuer).port);
    const token = await first.mint();
    const published = await getJson(first.jwksUri);
    await first.close();
    const second = await start({ port, privateKey });
    expect(second.issuer).toBe(first.issuer);
    expect(await getJson(second.jwksUri)).toEqual(published);
    const now = Math.floor(Date.now() / 1000);
    const context = { resource: second.resource, now, signal: new AbortController().signal };
    const answer = await second.provider().verify({ scheme: 'Bearer', value: token }, context);
    expect(answer).toMatchObject({ subject: 'user-1' });
    await expect(createFakeIssuer({ port })).rejects.toThrow('EADDRINUSE');
  });

  it('takes a client that nobody knew from discovery to a refreshed token', async () => {
    const issuer = await start({ path: '/tenant' });
    const metadata = await getJson(
      `${new URL(issuer.issuer).origin}/.well-known/oauth-authorization-server/tenant`,
    );
    expect(metadata.issuer).toBe(issuer.issuer);

    const redirectUri = 'http://127.0.0.1:8123/callback';
    const registration = await fetch(String(metadata.registration_endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Test', redirect_uris: [redirectUri] }),
    });
    expect(registration.status).toBe(201);
    const { client_id: clientId } = (await registration.json()) as { client_id: string };

    const verifier = 'v'.repeat(43);
    const url = new URL(String(metadata.authorization_endpoint));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      scope: 'mcp:tools:weather',
      resource: 'https://other.example.com/mcp',
      state: 's',
    }).toString();
    const approved = await fetch(url, { redirect: 'manual' });
    const back = new URL(approved.headers.get('location') ?? '');
    expect(back.searchParams.get('iss')).toBe(issuer.issuer);
    expect(back.searchParams.get('state')).toBe('s');

    const tokens = await postForm(metadata.token_endpoint, {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    expect(decodeJwt(String(tokens.access_token))).toMatchObject({
      iss: issuer.issuer,
      aud: 'https://other.example.com/mcp',
      sub: 'user-1',
      client_id: clientId,
      scope: 'mcp:tools:weather',
    });
    const refreshed = await postForm(metadata.token_endpoint, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(tokens.refresh_token),
    });
    const answer = await issuer.provider().verify(
      { scheme: 'Bearer', value: String(refreshed.access_token) },
      {
        resource: 'https://other.example.com/mcp',
        now: Math.floor(Date.now() / 1000),
        signal: AbortSignal.timeout(5000),
      },
    );
    expect(answer).toMatchObject({
      kind: 'principal',
      actor: 'user',
      clientId,
      scopes: ['mcp:tools:weather'],
    });
  });

  it('gives a client that it knows a token of its own, for its one resource', async () => {
    const issuer = await start({
      clients: [{ clientId: 'machine-1', secret: 's', redirectUris: [] }],
    });
    const tokens = await postForm(`${issuer.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: 'machine-1',
      client_secret: 's',
      scope: 'a b',
    });
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'a b' });
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(decodeJwt(String(tokens.access_token))).toMatchObject({
      aud: 'https://mcp.example.com/mcp',
      sub: 'machine-1',
      client_id: 'machine-1',
    });
    expect(issuer.requests.at(-1)).toMatchObject({ path: '/token', area: 'token' });
  });

  it('names another issuer in its metadata until it is repaired', async () => {
    const issuer = await start();
    const url = `${issuer.issuer}/.well-known/openid-configuration`;
    issuer.misname('https://evil.example.com');
    expect((await getJson(url)).issuer).toBe('https://evil.example.com');
    issuer.repair();
    expect((await getJson(url)).issuer).toBe(issuer.issuer);
  });

  it('counts what was asked of it, and breaks where it is told to', async () => {
    const issuer = await start();
    issuer.breakWith('status_500', 'keys');
    expect((await fetch(issuer.jwksUri)).status).toBe(500);
    expect((await fetch(`${issuer.issuer}/.well-known/openid-configuration`)).status).toBe(200);
    expect((await fetch(`${issuer.issuer}/nothing`)).status).toBe(404);
    expect(issuer.fetches).toEqual({ metadata: 1, keys: 1, redirected: 0 });
  });
});
