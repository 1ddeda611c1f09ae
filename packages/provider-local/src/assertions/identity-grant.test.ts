import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, post, type TestIssuer, vocabulary } from '../issuer.harness.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  present,
  secret,
  startAuthority,
  startTrusting,
} from './assertions.harness.js';

const other = 'https://other.example/mcp';
let idp: FakeAuthority;
let issuer: TestIssuer;
beforeAll(async () => {
  idp = await startAuthority();
  issuer = await startTrusting(idp, idp, {
    resources: ['https://finance.example/mcp', other].map((resource) => ({
      resource,
      name: 'Finance',
      scopes: vocabulary,
    })),
  });
});
afterAll(async () => {
  await issuer.close();
  await idp.close();
});

const refused = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'grant request is invalid' },
};
const asAda = (claims: Readonly<Record<string, unknown>> = {}) =>
  identityAssertion(idp, issuer, { claims });
const answer = async (
  assertion: string,
  form: Readonly<Record<string, string | undefined>> = {},
) => {
  const { status, body } = await present(issuer, assertion, { ...desktop, ...form });
  return { status, body };
};
const lastDetail = () => issuer.events().at(-1)?.detail;

describe('a token for an identity assertion', () => {
  it("is the person's, for one server, without a refresh token (EXT-22, EXT-26, EXT-27, EXT-29)", async () => {
    const assertion = await asAda();
    const { status, headers, body } = await present(issuer, assertion, desktop);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 300,
      scope: 'mcp:tools:weather mcp:tools:pay',
      token_type: 'Bearer',
    });
    const claims = claimsOf(String(body.access_token));
    expect(claims).toEqual({
      iss: issuer.issuer,
      sub: 'user:ada',
      aud: 'https://finance.example/mcp',
      client_id: 'desktop',
      scope: 'mcp:tools:weather mcp:tools:pay',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 300,
      jti: expect.any(String),
    });
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_issued',
      subject: 'user:ada',
      clientId: 'desktop',
      tokenId: claims.jti,
      granted: ['mcp:tools:weather', 'mcp:tools:pay'],
      detail: `by assertion of ${idp.issuer}`,
    });
  });

  it('is a user to the gate and ends with the access of the person, of the client, of both (AS-121)', async () => {
    for (const of of [
      { subject: 'user:ada' },
      { clientId: 'desktop' },
      { subject: 'user:ada', clientId: 'desktop' },
    ]) {
      // What was signed before the end of all access is worth nothing after it.
      const { body } = await answer(await asAda({ iat: Math.floor(Date.now() / 1000) + 2 }));
      const verdict = async () => {
        const context = {
          resource: 'https://finance.example/mcp',
          now: Date.now() / 1000,
          signal: AbortSignal.timeout(5000),
        };
        const token = { scheme: 'Bearer', value: String(body.access_token) } as const;
        const found = await issuer.provider.verify(token, context);
        return found.kind === 'principal' ? found.actor : found.code;
      };
      expect(await verdict()).toBe('user');
      await issuer.provider.revoke(of);
      expect(await verdict()).toBe('token_revoked');
    }
  });

  it('is refused for an assertion that was signed before all access ended', async () => {
    const before = await asAda({ iat: Math.floor(Date.now() / 1000) - 5 });
    expect(await answer(before)).toEqual(refused);
    expect(lastDetail()).toBe('The assertion is older than the end of all access.');
  });
});

describe('the scope of an identity assertion (EXT-27)', () => {
  const fresh = { iat: Math.floor(Date.now() / 1000) + 30 };
  it.each<[string, string | undefined, string | undefined, string]>([
    ['nothing asked: what is asserted', 'mcp:tools:weather', undefined, 'mcp:tools:weather'],
    ['less asked', 'mcp:tools:weather mcp:tools:pay', 'mcp:tools:pay', 'mcp:tools:pay'],
    ['more asked', 'mcp:tools:weather', 'mcp:tools:weather mcp:tools:pay', 'mcp:tools:weather'],
    ['a wildcard asked', 'mcp:tools:weather', 'mcp:tools:*', 'mcp:tools:weather'],
    ['a wildcard asserted', 'mcp:tools:*', 'mcp:tools:pay', 'mcp:tools:pay'],
    [
      'more asserted than the client may',
      'mcp:tools:pay mcp:resources:news:read',
      undefined,
      'mcp:tools:pay',
    ],
    ['nothing asserted: no limit', undefined, 'mcp:tools:pay', 'mcp:tools:pay'],
  ])('%s', async (_, scope, asked, granted) => {
    const { status, body } = await answer(await asAda({ ...fresh, scope }), { scope: asked });
    expect([status, body.scope]).toEqual([200, granted]);
  });

  it('is cut to what the person may have', async () => {
    const { body } = await answer(await asAda({ ...fresh, sub: 'bob-at-work' }));
    expect(body.scope).toBe('mcp:tools:weather');
  });

  it.each<[string, string]>([
    ['disjoint', 'mcp:tools:pay'],
    ['unknown', 'mcp:tools:nothing'],
  ])('%s: invalid_scope, and the assertion is not used up', async (_, asked) => {
    const assertion = await asAda({ ...fresh, scope: 'mcp:tools:weather' });
    expect(await answer(assertion, { scope: asked })).toEqual({
      status: 400,
      body: {
        error: 'invalid_scope',
        error_description: 'nothing of this can be granted',
        scope: asked,
      },
    });
    expect((await answer(assertion)).status).toBe(200);
  });

  it('that is no list is refused', async () => {
    expect(await answer(await asAda({ ...fresh, scope: ['mcp:tools:pay'] }))).toEqual(refused);
    expect(lastDetail()).toBe('The scope of the assertion is malformed.');
  });
});

describe('the resource of an identity assertion (EXT-26)', () => {
  const fresh = { iat: Math.floor(Date.now() / 1000) + 30 };
  it.each<[string, unknown, string | undefined, string]>([
    ['named by it', other, undefined, other],
    ['named by both', other, other, other],
    ['one of several', [other, 'https://finance.example/mcp'], other, other],
    ['named by the request alone', undefined, other, other],
    ['named by nobody', undefined, undefined, 'https://finance.example/mcp'],
  ])('%s', async (_, resource, asked, audience) => {
    const { status, body } = await answer(await asAda({ ...fresh, resource }), { resource: asked });
    expect(status).toBe(200);
    expect(claimsOf(String(body.access_token)).aud).toBe(audience);
  });

  it.each<[string, unknown, string | undefined]>([
    ['another one asked', other, 'https://finance.example/mcp'],
    ['several named, none asked', [other, 'https://finance.example/mcp'], undefined],
  ])('%s: invalid_target (AS-101)', async (_, resource, asked) => {
    expect(await answer(await asAda({ ...fresh, resource }), { resource: asked })).toEqual({
      status: 400,
      body: {
        error: 'invalid_target',
        error_description: 'exactly one resource of the assertion has to be named',
      },
    });
  });
});

describe('the client that presents an identity assertion', () => {
  it('authenticates (EXT-22, EXT-31)', async () => {
    const anonymous = await present(issuer, await asAda());
    expect([anonymous.status, anonymous.body.error]).toEqual([400, 'invalid_request']);
    const wrong = await answer(await asAda(), { client_secret: `${secret}x` });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  });

  it('has the grant (AS-92)', async () => {
    const { status, body } = await answer(await asAda({ client_id: 'without-grant' }), {
      client_id: 'without-grant',
    });
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: 'unauthorized_client',
        error_description: 'requested grant type is not allowed for this client',
      },
    });
  });

  it('brings an assertion, once and whole (AS-90, AS-92)', async () => {
    const none = await answer('');
    expect(none).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: 'assertion is missing' },
    });
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' });
    for (let times = 0; times < 2; times += 1) body.append('assertion', await asAda());
    const twice = await fetch(`${issuer.issuer}/token`, { method: 'POST', body });
    expect(await twice.json()).toEqual({
      error: 'invalid_request',
      error_description: 'assertion is there more than once',
    });
  });
});

describe('what the metadata says of assertions', () => {
  it('names the grant and its profile, and nobody who is trusted (EXT-30)', async () => {
    const text = await (
      await fetch(`${issuer.issuer}/.well-known/oauth-authorization-server`)
    ).text();
    const metadata = JSON.parse(text) as Record<string, unknown>;
    expect(metadata.grant_types_supported).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]);
    expect(metadata.authorization_grant_profiles_supported).toEqual([
      'urn:ietf:params:oauth:grant-profile:id-jag',
    ]);
    expect(text).not.toContain(idp.issuer);
  });
});

describe('an outage', () => {
  it('of the identity provider is no verdict (EXT-67)', async () => {
    const away = await startAuthority();
    const trusting = await startTrusting(away, away);
    away.server.breakWith('status_500');
    const assertion = await identityAssertion(away, trusting);
    const { status, headers, body } = await present(trusting, assertion, desktop);
    expect([status, headers.get('retry-after'), body.error]).toEqual([
      503,
      '5',
      'temporarily_unavailable',
    ]);
    await trusting.close();
    await away.close();
  });

  it('of the accounts neither, and the assertion is good when they are back', async () => {
    let away = true;
    const trusting = await startTrusting(idp, idp, {
      identityProviders: [
        {
          issuer: idp.issuer,
          account() {
            if (away) throw new Error('The directory is away.');
            return 'user:ada';
          },
        },
      ],
    });
    const assertion = await identityAssertion(idp, trusting);
    expect((await present(trusting, assertion, desktop)).status).toBe(503);
    away = false;
    expect((await present(trusting, assertion, desktop)).status).toBe(200);
    await trusting.close();
  });
});

it('leaves the grant out where nobody is trusted', async () => {
  const { body } = await post(`${issuer.issuer}/token`, {
    ...desktop,
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  });
  expect(body.error).toBe('unsupported_grant_type');
});
