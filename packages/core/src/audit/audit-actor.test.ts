import { expect, it } from 'vitest';
import { ada } from '../gate.harness.js';
import { toAuditActor } from './audit-event.js';

const plain = {
  kind: 'user',
  issuer: 'https://as.example',
  subject: 'ada',
  clientId: 'client-1',
  tokenId: 'token-1',
};
const actorOf = (act: unknown) => toAuditActor({ ...ada, claims: { act } });

it('names nobody but the caller where nobody acts for it', () => {
  expect(toAuditActor(ada)).toEqual(plain);
});

it('names who acts for whom, the latest first (RFC 8693 §4.1)', () => {
  const act = { sub: 'orders', iss: 'https://other.example', act: { sub: 'shop', role: 'x' } };
  expect(actorOf(act)).toEqual({
    ...plain,
    actors: [{ subject: 'orders', issuer: 'https://other.example' }, { subject: 'shop' }],
  });
});

it.each([
  ['text', 'orders'],
  ['null', null],
  ['a list', [{ sub: 'orders' }]],
  ['nobody', {}],
  ['a number', { sub: 7 }],
])('takes no actor from %s', (_, act) => {
  expect(actorOf(act)).toEqual(plain);
});

it('follows a chain no further than eight', () => {
  let act: unknown;
  for (let depth = 100; depth > 0; depth -= 1) act = { sub: `server-${depth}`, act };
  expect(actorOf(act).actors?.map(({ subject }) => subject)).toEqual(
    Array.from({ length: 8 }, (_, index) => `server-${index + 1}`),
  );
});
