import { expect, it } from 'vitest';
import { kindOf, objects, readToken, summary } from './token.js';

it('takes out of a list what can be looked into', () => {
  expect(objects([null, 5, 'x', { kty: 'RSA' }])).toEqual([{ kty: 'RSA' }]);
  expect(objects({ kty: 'RSA' })).toEqual([]);
});

it('reads what is a JWT, and says what it holds without a value', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'usr_1', aud: ['a', 'b'], 'https://acme.example/plan': 'gold' };
  const token = readToken(`${part({ typ: 'JWT\u001b[2J', alg: 'RS256' })}.${part(claims)}.x`);
  expect(token && summary(token)).toBe(
    'typ text, alg RS256; aud array(2), sub text, and 1 of other names',
  );
  for (const other of ['a.b', 'a.b.c', 5, undefined]) expect(readToken(other)).toBeUndefined();
  expect(kindOf(null)).toBe('null');
});
