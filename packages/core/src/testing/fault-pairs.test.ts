import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badTokenKinds, badTokens, judgementOrder } from './bad-tokens.js';
import { createFakeIssuer, type FakeIssuer } from './fake-issuer.js';
import { faultPairs } from './fault-pairs.js';
import { combineChanges } from './token-change.js';

const context = { now: 1_800_000_000, issuer: 'https://as.example.com' };
const names = () => faultPairs(context).map(({ kinds }) => kinds.join(' + '));

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterAll(() => issuer.close());

describe('faultPairs', () => {
  it('has every two kinds but those that contradict each other', () => {
    const all = badTokenKinds.flatMap((one, index) =>
      badTokenKinds.slice(index + 1).map((other) => `${one} + ${other}`),
    );
    expect(all.filter((pair) => !names().includes(pair))).toEqual([
      'alg_none + hmac_with_public_key',
      'alg_none + wrong_key',
      'alg_none + unknown_key',
      'alg_none + tampered',
      'hmac_with_public_key + wrong_key',
      'hmac_with_public_key + unknown_key',
      'hmac_with_public_key + tampered',
      'wrong_type + id_token',
      'wrong_audience + no_audience',
      'expired + no_expiry',
      'expired + expiry_not_a_number',
      'expired + expiry_in_milliseconds',
      'no_expiry + expiry_not_a_number',
      'no_expiry + expiry_in_milliseconds',
      'expiry_not_a_number + expiry_in_milliseconds',
    ]);
  });

  it('answers with the fault that is found first', () => {
    const code = (pair: string) =>
      faultPairs(context).find(({ kinds }) => kinds.join() === pair)?.code;
    expect(code('wrong_type,critical_extension')).toBe('claims_invalid');
    expect(code('alg_none,critical_extension')).toBe('token_malformed');
    expect(code('wrong_key,expired')).toBe('signature_invalid');
    expect(code('wrong_issuer,wrong_audience')).toBe('issuer_unknown');
    expect(code('wrong_audience,expired')).toBe('audience_mismatch');
    expect(code('expired,not_yet_valid')).toBe('token_expired');
    expect(code('no_expiry,not_yet_valid')).toBe('claims_invalid');
    expect(code('not_yet_valid,no_client')).toBe('token_not_yet_valid');
    expect(code('expired,id_token')).toBe('token_expired');
  });

  it('puts both faults into one token', () => {
    const pair = faultPairs(context).find(({ kinds }) => kinds.join() === 'unknown_key,expired');
    expect(pair?.change).toEqual({
      signedBy: 'stranger',
      header: { kid: 'never-published' },
      claims: { exp: 1_799_996_400 },
    });
  });

  it('has one code for all faults of one step, so that their order is no question', () => {
    for (const step of judgementOrder) {
      const found = badTokenKinds.filter((kind) => badTokens[kind].foundAt === step);
      const codes = new Set(found.map((kind) => badTokens[kind].code));
      // A missing `exp` and a past one cannot meet in one token.
      if (step !== 'exp') expect(codes.size, step).toBeLessThanOrEqual(1);
    }
  });

  it('declares the order that createJwtVerifier keeps', async () => {
    const now = Math.floor(Date.now() / 1000);
    const at = { resource: issuer.resource, now, signal: AbortSignal.timeout(5000) };
    const provider = issuer.provider();
    for (const { kinds, change, code } of faultPairs({ now, issuer: issuer.issuer })) {
      const value = await issuer.mint(change);
      const answer = await provider.verify({ scheme: 'Bearer', value }, at);
      expect(answer.kind === 'rejection' && answer.code, kinds.join(' + ')).toBe(code);
    }
  });
});

describe('combineChanges', () => {
  it('joins what does not meet, and finds what contradicts', () => {
    expect(combineChanges({ claims: { a: 1 } }, { claims: { b: 2 }, forge: 'hmac' })).toEqual({
      claims: { a: 1, b: 2 },
      header: {},
      forge: 'hmac',
    });
    expect(combineChanges({ claims: { a: 1 } }, { claims: { a: 1 } })?.claims).toEqual({ a: 1 });
    expect(combineChanges({ claims: { a: 1 } }, { claims: { a: undefined } })).toBeUndefined();
    expect(combineChanges({ header: { typ: 'a' } }, { header: { typ: 'b' } })).toBeUndefined();
    expect(combineChanges({ forge: 'unsigned' }, { forge: 'hmac' })).toBeUndefined();
    expect(combineChanges({ forge: 'hmac' }, { signedBy: 'stranger' })).toBeUndefined();
  });
});
