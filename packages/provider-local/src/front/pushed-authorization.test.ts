import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ada,
  callback,
  claimsOf,
  post,
  register,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type Pushed, push } from './pushed.harness.js';

const secret = 's'.repeat(32);
const document = 'https://app.example/client.json';
/** Where consent is remembered. */
const published = 'https://web.example/cb';
const keys = await generateKeyPair('ES256');
let issuer: TestIssuer;
let documents: Server;
let client: string;
beforeAll(async () => {
  documents = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        client_id: document,
        client_name: 'Document Client',
        redirect_uris: [callback],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    );
  });
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
  const web = { name: 'Web', redirectUris: [callback, published], scopes: ['mcp:tools:weather'] };
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256' }] };
  issuer = await startIssuer({
    pushedAuthorizationRequests: true,
    dangerouslyMapClientDocuments: {
      'https://app.example': `http://127.0.0.1:${(documents.address() as AddressInfo).port}`,
    },
    clients: [
      { clientId: 'web', ...web, authentication: { method: 'client_secret_basic', secret } },
      { clientId: 'signer', ...web, authentication: { method: 'private_key_jwt', jwks } },
    ],
  });
  client = (await register(issuer)).body.client_id;
});
afterAll(async () => {
  await issuer.close();
  documents.close();
});

const basic = { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` };
const assertion = (audience: string) =>
  new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('signer')
    .setSubject('signer')
    .setAudience(audience)
    .setExpirationTime('1m')
    .sign(keys.privateKey);
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Lets a person allow it, and redeems the code. */
async function finish(
  { url, verifier }: Pushed,
  client_id: string,
  headers: Readonly<Record<string, string>> = {},
) {
  const back = await formBrowser().authorize(url, ada);
  const code = back.searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier, client_id };
  return { back, ...(await post(`${issuer.issuer}/token`, form, headers)) };
}

describe('a pushed request', () => {
  it('is answered 201 with a reference that lasts a minute, and leads to a code (AS-125, AS-126, AS-71)', async () => {
    const pushed = await push(issuer, { client_id: client, scope: 'mcp:tools:pay' });
    const names = ['content-type', 'cache-control', 'access-control-allow-origin'];
    expect([pushed.status, ...names.map((name) => pushed.headers.get(name))]).toEqual([
      201,
      'application/json; charset=utf-8',
      'no-store',
      '*',
    ]);
    expect(pushed.body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 60,
    });
    const { back, status, body } = await finish(pushed, client);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      code: expect.any(String),
      state: 'pushed-state',
      iss: issuer.issuer,
    });
    expect([status, body.scope]).toEqual([200, 'mcp:tools:pay']);
    expect(claimsOf(String(body.access_token))).toMatchObject({ aud: issuer.resource });
  });

  it('may come from a client with a secret, in a header or a form (AS-125)', async () => {
    const pushed = await push(issuer, { client_id: 'web' }, basic);
    expect(pushed.status).toBe(201);
    expect((await finish(pushed, 'web', basic)).status).toBe(200);
    const form = { token_endpoint_auth_method: 'client_secret_post' };
    const { client_id, client_secret } = (await register(issuer, form)).body;
    const inForm = { client_id, client_secret: String(client_secret) };
    expect((await push(issuer, inForm)).status).toBe(201);
  });

  it('that the person denies is answered with state and iss (AS-71)', async () => {
    const { url } = await push(issuer, { client_id: client });
    const back = await formBrowser().authorize(url, { ...ada, decision: 'deny' });
    expect(Object.fromEntries(back.searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: 'pushed-state',
      iss: issuer.issuer,
    });
  });

  it('may come with an assertion for the issuer, used once, and for nothing else (AS-125, AS-93)', async () => {
    const signed = async (audience: string) => ({
      client_id: 'signer',
      client_assertion_type: assertionType,
      client_assertion: await assertion(audience),
    });
    const good = await signed(issuer.issuer);
    expect((await push(issuer, good)).status).toBe(201);
    for (const bad of [good, await signed(`${issuer.issuer}/par`), await signed('https://x.y')]) {
      expect(await push(issuer, bad)).toMatchObject({
        status: 401,
        body: { error: 'invalid_client', error_description: 'client authentication failed' },
      });
    }
  });

  it('may come from a client that is known by its document (AS-125, AS-20)', async () => {
    const pushed = await push(issuer, { client_id: document });
    expect(pushed.status).toBe(201);
    const { body } = await finish(pushed, document);
    expect(claimsOf(String(body.access_token)).client_id).toBe(document);
  });

  it('keeps what the engine would read otherwise: max_age, prompt, default resource and scope (AS-125)', async () => {
    const browser = formBrowser();
    const pushed = (parameters: Record<string, string | undefined>) =>
      push(issuer, { client_id: 'web', redirect_uri: published, ...parameters }, basic);
    await browser.authorize((await pushed({})).url, ada);
    const before = issuer.events().length;
    const { url } = await pushed({ resource: undefined });
    expect((await browser.open(url)).leadsTo?.searchParams.has('code')).toBe(true);
    const recorded = issuer.events().slice(before);
    expect(recorded.map(({ type }) => type)).toEqual(['resource_defaulted']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    for (const asking of [{ prompt: 'select_account' }, { max_age: '5' }]) {
      expect((await browser.open((await pushed(asking)).url)).html).toContain('type="password"');
    }
    vi.useRealTimers();
  });

  it('is what counts: nothing beside its reference does (ATK-17)', async () => {
    const pushed = await push(issuer, { client_id: client, scope: 'mcp:tools:weather' });
    const { url } = pushed;
    for (const [name, value] of Object.entries({
      scope: 'mcp:tools:pay',
      state: 'other-state',
      redirect_uri: 'http://127.0.0.1:53111/other',
      response_type: 'token',
      response_mode: 'fragment',
      resource: 'https://evil.example/mcp',
      code_challenge: 'x'.repeat(43),
      prompt: 'none',
    })) {
      url.searchParams.append(name, value);
    }
    const { back, body } = await finish(pushed, client);
    expect([back.searchParams.get('state'), body.scope]).toEqual([
      'pushed-state',
      'mcp:tools:weather',
    ]);
  });
});
