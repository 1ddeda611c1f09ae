import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFakeProver } from '../testing/fake-prover.js';
import type { TokenChange } from '../testing/token-change.js';
import {
  answerTo,
  clock,
  contextOf,
  good,
  now,
  proofs,
  prover,
  refused,
  resource,
} from './proof-check.harness.js';

describe('a bad proof (ATK-52)', () => {
  const key = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' };
  const privateJwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const cases: readonly (readonly [string, TokenChange, string])[] = [
    [
      'of another type',
      { header: { typ: 'JWT' } },
      'The "typ" header of the proof is not dpop+jwt.',
    ],
    [
      'of no type',
      { header: { typ: undefined } },
      'The "typ" header of the proof is not dpop+jwt.',
    ],
    [
      'of a type in capitals',
      { header: { typ: 'DPoP+JWT' } },
      'The "typ" header of the proof is not dpop+jwt.',
    ],
    [
      'unsigned',
      { forge: 'unsigned' },
      'The "alg" header of the proof is not an allowed algorithm.',
    ],
    [
      'signed with the public key as a secret',
      { forge: 'hmac' },
      'The "alg" header of the proof is not an allowed algorithm.',
    ],
    [
      'with an algorithm that is not a text',
      { header: { alg: ['ES256'] } },
      'The "alg" header of the proof is not an allowed algorithm.',
    ],
    ['of another algorithm', { header: { alg: 'ES384' } }, 'The key in the proof is unusable.'],
    [
      'signed by another key',
      { signedBy: 'stranger' },
      'The signature of the proof does not hold.',
    ],
    [
      'without a key',
      { header: { jwk: undefined } },
      'The "jwk" header of the proof is not a key.',
    ],
    [
      'with null for a key',
      { header: { jwk: null } },
      'The "jwk" header of the proof is not a key.',
    ],
    [
      'with a list of keys',
      { header: { jwk: [key] } },
      'The "jwk" header of the proof is not a key.',
    ],
    [
      'with a symmetric key',
      { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
      'The key in the proof is symmetric.',
    ],
    [
      'with a private key',
      { header: { jwk: privateJwk } },
      'The key in the proof holds private material.',
    ],
    [
      'with a key of no known type',
      { header: { jwk: { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' } } },
      'The key in the proof has an unknown type.',
    ],
    ['with half a key', { header: { jwk: { kty: 'EC' } } }, 'The key in the proof is unusable.'],
    [
      'with a critical extension',
      { header: { crit: ['exp'] } },
      'The header of the proof has an extension that is not supported.',
    ],
    [
      'with a payload that is not encoded',
      { header: { b64: false } },
      'The header of the proof has an extension that is not supported.',
    ],
    ['for another method', { claims: { htm: 'GET' } }, 'The proof is for another method.'],
    [
      'for a method in small letters',
      { claims: { htm: 'post' } },
      'The proof is for another method.',
    ],
    ['for no method', { claims: { htm: undefined } }, 'The proof is for another method.'],
    [
      'for another path',
      { claims: { htu: 'https://mcp.example.com/other' } },
      'The proof is for another URI.',
    ],
    [
      'for the token endpoint',
      { claims: { htu: 'https://as.example.com/token' } },
      'The proof is for another URI.',
    ],
    [
      'for another scheme',
      { claims: { htu: 'http://mcp.example.com/mcp' } },
      'The proof is for another URI.',
    ],
    ['for no URI', { claims: { htu: undefined } }, 'The proof is for another URI.'],
    ['for a list of URIs', { claims: { htu: [resource] } }, 'The proof is for another URI.'],
    ['for no token', { claims: { ath: undefined } }, 'The proof is for another token.'],
    [
      'for another token',
      { claims: { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' } },
      'The proof is for another token.',
    ],
    [
      'without a date',
      { claims: { iat: undefined } },
      'The proof was not made in the last five minutes.',
    ],
    [
      'with a date that is a text',
      { claims: { iat: String(now) } },
      'The proof was not made in the last five minutes.',
    ],
    [
      'without an id',
      { claims: { jti: undefined } },
      'The proof has no "jti" of at most 256 characters.',
    ],
    [
      'with an empty id',
      { claims: { jti: '' } },
      'The proof has no "jti" of at most 256 characters.',
    ],
    [
      'with a number for an id',
      { claims: { jti: 7 } },
      'The proof has no "jti" of at most 256 characters.',
    ],
    [
      'with an endless id',
      { claims: { jti: 'x'.repeat(257) } },
      'The proof has no "jti" of at most 256 characters.',
    ],
    ['that is too long', { claims: { pad: 'x'.repeat(9000) } }, 'The proof is too long.'],
  ];

  it.each(cases)('%s is refused (EXT-45, EXT-46)', async (_, change, detail) => {
    expect(await answerTo(change)).toEqual(refused(detail));
  });

  it('fits no request of a path that is no part of a URI', async () => {
    const request = new Request('https://mcp.example.com/a|b', { method: 'POST' });
    request.headers.set('dpop', await prover.prove(good, { claims: { htu: 'nonsense' } }));
    expect(await proofs.check(contextOf(undefined, { request }))).toEqual(
      refused('The proof is for another URI.'),
    );
  });

  it('altered after it was signed is refused', async () => {
    const [head, payload = '', signature] = (await prover.prove(good)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const altered = Buffer.from(JSON.stringify({ ...claims, jti: 'other' })).toString('base64url');
    const answer = await proofs.check(contextOf(`${head}.${altered}.${signature}`));
    expect(answer).toEqual(refused('The signature of the proof does not hold.'));
  });

  it('with a member twice is refused, since two readers might take different ones', async () => {
    const [head, payload = '', signature] = (await prover.prove(good)).split('.');
    const text = Buffer.from(payload, 'base64url').toString().replace('{', '{"htm":"GET",');
    const doubled = Buffer.from(text).toString('base64url');
    const answer = await proofs.check(contextOf(`${head}.${doubled}.${signature}`));
    expect(answer).toEqual(refused('The payload of the proof is not one JSON object.'));
  });

  it('by a key that the token is not bound to is no use, seen before or not (EXT-45)', async () => {
    const thief = await createFakeProver({ clock });
    const answer = {
      kind: 'unproven',
      error: 'invalid_token',
      detail: 'The token is bound to another key than that of the proof.',
    };
    const theirs = contextOf(await thief.prove(good), { jkt: thief.jkt });
    expect(await proofs.check(contextOf(await thief.prove(good)))).toEqual(answer);
    expect(await proofs.check(theirs)).toEqual({ kind: 'proven' });
    expect(await proofs.check(contextOf(await thief.prove(good)))).toEqual(answer);
  });

  it.each([
    ['no header', undefined, 'The request has no DPoP header.'],
    ['an empty header', '', 'The request has no DPoP header.'],
    ['what is no JWT', 'proof', 'The proof is not a JWT.'],
    ['two parts', 'e30.e30', 'The proof is not a JWT.'],
    ['four parts', 'e30.e30.AA.AA', 'The proof is not a JWT.'],
    ['five parts', 'e30.e30.AA.AA.AA', 'The proof is not a JWT.'],
    ['an empty part', 'e30..AA', 'The proof is not a JWT.'],
    ['padding', 'e30=.e30.AA', 'The proof is not a JWT.'],
    ['a scheme', 'DPoP e30.e30.AA', 'The proof is not a JWT.'],
    ['a header that is no object', 'W10.e30.AA', 'The header of the proof is not one JSON object.'],
  ])('is refused: %s (EXT-45)', async (_, proof, detail) => {
    expect(await proofs.check(contextOf(proof))).toEqual(refused(detail));
  });

  it('is refused beside a good one, on two lines or on one (EXT-45)', async () => {
    const [one, other] = [await prover.prove(good), await prover.prove(good)];
    const twice = refused('The request has more than one proof.');
    const lines = new Headers([
      ['dpop', one],
      ['dpop', other],
    ]);
    for (const proof of [lines, `${one},${other}`, `${one}, `, `, ${one}`]) {
      expect(await proofs.check(contextOf(proof))).toEqual(twice);
    }
    expect(await proofs.check(contextOf(one))).toEqual({ kind: 'proven' });
  });
});
