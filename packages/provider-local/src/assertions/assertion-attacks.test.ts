import type { TokenChange } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, type TestIssuer } from '../issuer.harness.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  present,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from './assertions.harness.js';

let idp: FakeAuthority;
let platform: FakeAuthority;
let stranger: FakeAuthority;
let issuer: TestIssuer;
beforeAll(async () => {
  [idp, platform, stranger] = await Promise.all([
    startAuthority(),
    startAuthority(),
    startAuthority(),
  ]);
  issuer = await startTrusting(idp, platform);
});
afterAll(async () => {
  await issuer.close();
  await Promise.all([idp.close(), platform.close(), stranger.close()]);
});

const now = () => Math.floor(Date.now() / 1000);
const refused = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'grant request is invalid' },
};

/** How an attempt differs from a good assertion, by what the issuer knows when the attempt is made; and what operators are told. */
type Attempt = readonly [string, () => TokenChange, string];

const common: readonly Attempt[] = [
  [
    'for another server',
    () => ({ claims: { aud: 'https://as.other.example' } }),
    'The "aud" claim does not name this resource.',
  ],
  [
    'for others too (EXT-24)',
    () => ({ claims: { aud: [issuer.issuer, 'https://x.example'] } }),
    'The assertion is for others too.',
  ],
  [
    'for ourselves twice (EXT-24)',
    () => ({ claims: { aud: [issuer.issuer, issuer.issuer] } }),
    'The assertion is for others too.',
  ],
  [
    'without aud',
    () => ({ claims: { aud: undefined } }),
    'The "aud" claim does not name this resource.',
  ],
  [
    'expired (EXT-63)',
    () => ({ claims: { exp: now() - 60 } }),
    expect.stringMatching(/^The token expired \d+(\.\d+)? seconds ago\.$/),
  ],
  [
    'without exp',
    () => ({ claims: { exp: undefined } }),
    'The "exp" claim is missing or not a plausible date.',
  ],
  [
    'not valid yet',
    () => ({ claims: { nbf: now() + 100 } }),
    expect.stringMatching(/^The token is valid in/),
  ],
  ['without iat (EXT-28)', () => ({ claims: { iat: undefined } }), 'The claim iat is missing.'],
  ['without jti (EXT-28)', () => ({ claims: { jti: undefined } }), 'The claim jti is missing.'],
  ['signed by a stranger', () => ({ signedBy: 'stranger' }), 'The signature does not hold.'],
  ['tampered with', () => ({ forge: 'tampered' }), 'The signature does not hold.'],
  [
    'unsigned (EXT-23)',
    () => ({ forge: 'unsigned' }),
    'The "alg" header is not an allowed algorithm.',
  ],
  [
    'keyed with the public key (EXT-23)',
    () => ({ forge: 'hmac' }),
    'The "alg" header is not an allowed algorithm.',
  ],
  [
    'typed as a DPoP proof (ATK-45)',
    () => ({ header: { typ: 'dpop+jwt' } }),
    expect.stringMatching(/^The "typ" header is not one of an|^The assertion is of no/),
  ],
];

describe('an identity assertion (ATK-93)', () => {
  it.each<Attempt>([
    ...common,
    [
      'that lasts too long (EXT-28)',
      () => ({ claims: { exp: now() + 900 } }),
      'The assertion lasts longer than 600 seconds.',
    ],
    [
      'for another client (EXT-25)',
      () => ({ claims: { client_id: 'without-grant' } }),
      'The assertion was made for another client.',
    ],
    [
      'for no client (EXT-25)',
      () => ({ claims: { client_id: undefined } }),
      'The claim client_id is missing.',
    ],
    [
      'for another resource (EXT-26)',
      () => ({ claims: { resource: 'https://x.example/mcp' } }),
      'The assertion is for a resource that is not ours.',
    ],
    [
      'for ours and another resource (EXT-26)',
      () => ({ claims: { resource: [issuer.resource, 'https://x.example/mcp'] } }),
      'The assertion is for a resource that is not ours.',
    ],
    [
      'for no resource (EXT-26)',
      () => ({ claims: { resource: [] } }),
      'The assertion is for a resource that is not ours.',
    ],
    [
      'that is an ID token (EXT-23, ATK-45)',
      () => ({ header: { typ: 'JWT' } }),
      'The "typ" header is not oauth-id-jag+jwt.',
    ],
    [
      'that is an access token (EXT-23, ATK-45)',
      () => ({ header: { typ: 'at+jwt' } }),
      'The "typ" header is not one of an identity assertion.',
    ],
    [
      'of nobody here (EXT-32)',
      () => ({ claims: { sub: 'eve-at-work', email: 'ada@example.com' } }),
      'Nobody here is the person of the assertion.',
    ],
    [
      'of a tenant where there is one only (EXT-32)',
      () => ({ claims: { tenant: 't-2' } }),
      'The tenant of the assertion is not trusted.',
    ],
    [
      'bound to a key that nobody proves (EXT-33)',
      () => ({ claims: { cnf: { jkt: 'A'.repeat(43) } } }),
      'The assertion is bound to a key that the request does not prove.',
    ],
    [
      'bound in another way (EXT-33)',
      () => ({ claims: { cnf: { 'x5t#S256': 'A'.repeat(43) } } }),
      'The assertion is bound to a key that the request does not prove.',
    ],
    [
      'of an issuer that is not trusted (EXT-32)',
      () => ({ claims: { iss: 'https://idp.other.example' } }),
      'The issuer of the assertion is not trusted.',
    ],
  ])('%s is refused', async (_, change, detail) => {
    const assertion = await identityAssertion(idp, issuer, change());
    const { status, body } = await present(issuer, assertion, desktop);
    expect({ status, body }).toEqual(refused);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'token_refused', detail });
  });

  it('of an identity provider that is not trusted costs no request (EXT-32)', async () => {
    const { status, body } = await present(
      issuer,
      await identityAssertion(stranger, issuer),
      desktop,
    );
    expect({ status, body }).toEqual(refused);
    expect(stranger.server.requests).toEqual([]);
  });

  it('is used once (EXT-28)', async () => {
    const assertion = await identityAssertion(idp, issuer);
    expect((await present(issuer, assertion, desktop)).status).toBe(200);
    const { status, body } = await present(issuer, assertion, desktop);
    expect({ status, body }).toEqual(refused);
    expect(issuer.events().at(-1)?.detail).toBe('The assertion was used before.');
    const same = { claims: { jti: claimsOf(assertion).jti, exp: now() + 200 } };
    expect(
      (await present(issuer, await identityAssertion(idp, issuer, same), desktop)).status,
    ).toBe(400);
  });
});

describe('the assertion of a workload (ATK-93)', () => {
  it.each<Attempt>([
    ...common,
    [
      'that lasts too long',
      () => ({ claims: { exp: now() + 4000 } }),
      'The assertion lasts longer than 3600 seconds.',
    ],
    [
      'of another program on the platform (EXT-62)',
      () => ({ claims: { sub: 'system:serviceaccount:other:nightly' } }),
      'The assertion is of no workload that may come.',
    ],
    [
      'whose sub only begins like it (EXT-62)',
      () => ({ claims: { sub: 'system:serviceaccount:reports:nightly2' } }),
      'The assertion is of no workload that may come.',
    ],
    [
      'of another cluster (EXT-62)',
      () => ({ claims: { cluster: 'c-18' } }),
      'The assertion is of no workload that may come.',
    ],
    [
      'without the pinned claim (EXT-62)',
      () => ({ claims: { cluster: undefined } }),
      'The assertion is of no workload that may come.',
    ],
    [
      'with a claim that its tenant controls (EXT-62)',
      () => ({ claims: { sub: 'tenant-7', workload: 'system:serviceaccount:reports:nightly' } }),
      'The assertion is of no workload that may come.',
    ],
    [
      'that is the ID token of a sign-in (ATK-45)',
      () => ({ claims: { nonce: 'n-1' } }),
      'The token is an ID token or a logout token.',
    ],
    [
      'that is a logout token (ATK-45)',
      () => ({ claims: { events: {} } }),
      'The token is an ID token or a logout token.',
    ],
    [
      'of a platform that is not trusted (EXT-61)',
      () => ({ claims: { iss: 'https://platform.other.example' } }),
      'The assertion is of no workload that may come.',
    ],
  ])('%s is refused', async (_, change, detail) => {
    const { status, body } = await present(
      issuer,
      await workloadAssertion(platform, issuer, change()),
    );
    expect({ status, body }).toEqual(refused);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'token_refused', detail });
  });

  it.each(['', 'no-jwt', 'a.b.c', 'e30.e30.AA', 'x'.repeat(20_000)])(
    'that is none is refused: %.20s',
    async (text) => {
      const { status, body } = await present(issuer, text || '.');
      expect({ status, body }).toEqual(refused);
    },
  );

  it('of a platform that is not trusted costs no request (EXT-61, EXT-67)', async () => {
    const { status, body } = await present(issuer, await workloadAssertion(stranger, issuer));
    expect({ status, body }).toEqual(refused);
    expect(stranger.server.requests).toEqual([]);
  });

  it('is used once (EXT-63)', async () => {
    const assertion = await workloadAssertion(platform, issuer);
    expect((await present(issuer, assertion)).status).toBe(200);
    const { status, body } = await present(issuer, assertion);
    expect({ status, body }).toEqual(refused);
  });

  it('is no way round the authentication of a client (AS-93)', async () => {
    const authorization = `Basic ${Buffer.from('desktop:wrong').toString('base64')}`;
    const assertion = await workloadAssertion(platform, issuer);
    const { status, body } = await present(issuer, assertion, {}, { authorization });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('is no identity assertion, nor the other way round (EXT-60)', async () => {
    const asClient = await present(issuer, await workloadAssertion(platform, issuer), desktop);
    expect(asClient.body.error).toBe('invalid_grant');
    const asWorkload = await present(issuer, await identityAssertion(idp, issuer));
    expect(asWorkload.body.error).toBe('invalid_request');
    const typed = await workloadAssertion(platform, issuer, {
      header: { typ: 'oauth-id-jag+jwt' },
    });
    const named = await present(issuer, typed, { client_id: 'report' });
    expect(named.body.error).toBe('invalid_grant');
  });
});
