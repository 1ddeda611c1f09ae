import { badTokens } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalekitProvider } from './index.js';
import { createFakeScalekit, type FakeScalekit } from './testing/index.js';

/**
 * Every issuer with every audience, every shape of scopes, every client, every time and every key:
 * one answer each.
 */
const resource = 'http://localhost:10000/mcp';
let fake: FakeScalekit;
let provider: ReturnType<typeof scalekitProvider>;
const now = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  fake = await createFakeScalekit({ resource, resourceId: 'res_1', clock: () => now * 1000 });
  provider = scalekitProvider({ environmentUrl: `${fake.url}/`, resourceId: 'res_1' });
});
afterAll(() => fake.close());

const verify = (value: string) =>
  provider.verify(
    { scheme: 'Bearer', value },
    { resource, now, signal: AbortSignal.timeout(5000) },
  );

type Row = readonly [name: string, claims: object, expected: string];
const issuers: readonly Row[] = [
  ['environment', { iss: '<env>' }, 'ok'],
  ['server', { iss: '<env>/resources/res_1' }, 'ok'],
  ['another server', { iss: '<env>/resources/res_2' }, 'issuer_unknown'],
  ['a stranger', { iss: 'https://evil.example' }, 'issuer_unknown'],
  ['environment with a slash', { iss: '<env>/' }, 'issuer_unknown'],
];
const audiences: readonly Row[] = [
  ['both', { aud: [resource, 'res_1'] }, 'ok'],
  ['id', { aud: ['res_1'] }, 'ok'],
  ['URL', { aud: [resource] }, 'ok'],
  ['URL with a slash', { aud: [`${resource}/`] }, 'audience_mismatch'],
  ['another id', { aud: ['res_2'] }, 'audience_mismatch'],
  ['beginning of the id', { aud: ['res_'] }, 'audience_mismatch'],
  ['none', { aud: undefined }, 'audience_mismatch'],
  ['empty', { aud: [] }, 'audience_mismatch'],
];
const times: readonly Row[] = [
  ['now', {}, 'ok'],
  ['expired', { exp: now - 60 }, 'token_expired'],
  ['later', { nbf: now + 60 }, 'token_not_yet_valid'],
  ['without end', { exp: undefined }, 'claims_invalid'],
];
const scopes: readonly Row[] = [
  ['string', { scope: 'news:read' }, 'ok'],
  ['array', { scope: undefined, scopes: ['news:read'] }, 'ok'],
  ['both', { scope: 'news:read', scopes: ['news:read'] }, 'ok'],
  ['none', { scope: undefined }, 'ok'],
  ['array with null', { scope: undefined, scopes: ['news:read', null] }, 'claims_invalid'],
];
const clients: readonly Row[] = [
  ['registered', { client_id: 'm2m_1' }, 'ok'],
  ['by document', { client_id: 'https://client.example/mcp.json' }, 'ok'],
  ['none', { client_id: undefined }, 'claims_invalid'],
];

/** The first fault in the order of judgement is the answer. */
const firstFault = (rows: readonly Row[]): string =>
  rows.map(([, , expected]) => expected).find((expected) => expected !== 'ok') ?? 'ok';

describe('issuer × audience × time × scopes × client (RS-52, RS-53, RS-54, ATK-43, ATK-44)', () => {
  for (const issuer of issuers) {
    for (const audience of audiences) {
      it(`iss: ${issuer[0]}, aud: ${audience[0]}`, async () => {
        for (const time of times) {
          for (const client of clients) {
            for (const scope of scopes) {
              const rows = [issuer, audience, time, client, scope];
              const merged = Object.assign({}, ...rows.map(([, claims]) => claims));
              const iss = String(merged.iss).replace('<env>', fake.url);
              const answer = await verify(await fake.mint({ claims: { ...merged, iss } }));
              const got = answer.kind === 'principal' ? 'ok' : answer.code;
              expect([...rows.map(([name]) => name), got]).toEqual([
                ...rows.map(([name]) => name),
                firstFault(rows),
              ]);
            }
          }
        }
      });
    }
  }
});

describe('claims and headers', () => {
  const detailOf = async (value: string) => {
    const answer = await verify(value);
    return answer.kind === 'rejection' ? answer.detail : answer.kind;
  };

  it.each(['sub', 'iat', 'client_id'])('refuses a token without %s (RS-56)', async (name) => {
    const token = await fake.mint({ claims: { [name]: undefined } });
    expect(await detailOf(token)).toBe(`The claim ${name} is missing.`);
  });

  it.each(['PS256', 'RS384', 'ES256', 'EdDSA'])(
    'looks for no key of %s (RS-51, ATK-40)',
    async (alg) => {
      const token = await fake.mint({ header: { alg } });
      expect(await detailOf(token)).toBe('The "alg" header is not an allowed algorithm.');
    },
  );

  it.each([
    ['nonce', 'n-1'],
    ['at_hash', 'h'],
  ])(
    'takes a token with %s for an ID token, whatever its audience (ATK-45)',
    async (name, value) => {
      const token = await fake.mint({ claims: { [name]: value } });
      expect(await detailOf(token)).toBe('The token is an ID token or a logout token.');
    },
  );
});

describe('keys', () => {
  const codeOf = async (token: string) => {
    const answer = await verify(token);
    return answer.kind === 'principal' ? 'ok' : answer.code;
  };

  it.each(['unknown_key', 'wrong_key', 'alg_none', 'hmac_with_public_key', 'tampered'] as const)(
    'refuses %s (RS-51, ATK-40)',
    async (kind) => {
      const change = badTokens[kind].change({ now, issuer: fake.issuer });
      expect(await codeOf(await fake.mint(change))).toBe('signature_invalid');
    },
  );

  it('accepts the current key and a retired one that is still published; not a withdrawn one', async () => {
    const old = await fake.mint();
    await fake.rotate();
    const young = await fake.mint();
    const own = scalekitProvider({ environmentUrl: fake.url, resourceId: 'res_1' });
    const context = { resource, now, signal: AbortSignal.timeout(5000) };
    for (const value of [old, young]) {
      const answer = await own.verify({ scheme: 'Bearer', value }, context);
      expect(answer.kind).toBe('principal');
    }
    await fake.rotate({ withdraw: true });
    const later = scalekitProvider({ environmentUrl: fake.url, resourceId: 'res_1' });
    const answer = await later.verify({ scheme: 'Bearer', value: young }, context);
    expect(answer).toMatchObject({ kind: 'rejection', code: 'signature_invalid' });
  });
});
