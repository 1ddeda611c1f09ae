import { expect, it } from 'vitest';
import { readChallenges } from './challenges.js';

const read = (header: string) =>
  readChallenges(header)?.map(({ scheme, parameters, repeated }) => [
    scheme,
    Object.fromEntries(parameters),
    ...repeated,
  ]);

it.each([
  ['Bearer', [['bearer', {}]]],
  ['bEaReR a="b"', [['bearer', { a: 'b' }]]],
  ['Bearer A = "b" , c=d', [['bearer', { a: 'b', c: 'd' }]]],
  ['Bearer a="b, c=d \\" e\\\\"', [['bearer', { a: 'b, c=d " e\\' }]]],
  ['Bearer a="1", A="2"', [['bearer', { a: '1' }, 'a']]],
  [
    'Basic realm="x", , Bearer scope="a b", error="c", DPoP algs="ES256"',
    [
      ['basic', { realm: 'x' }],
      ['bearer', { scope: 'a b', error: 'c' }],
      ['dpop', { algs: 'ES256' }],
    ],
  ],
  [
    'Negotiate abc123==, Bearer',
    [
      ['negotiate', {}],
      ['bearer', {}],
    ],
  ],
])('reads %s', (header, challenges) => {
  expect(read(header)).toEqual(challenges);
});

it.each([
  'a="b"',
  'Bearer a="b',
  'Bearer a="b"c',
  'Bearer a="b" c="d"',
  'Bearer "a"',
  'Bearer scope=a:b c',
])('does not read %s', (header) => {
  expect(read(header)).toBeUndefined();
});

it('does not read what is too long for any client', () => {
  expect(read(`Bearer a="${'x'.repeat(8192)}"`)).toBeUndefined();
});

it('takes no time over what was made to take it', () => {
  const started = performance.now();
  for (let times = 0; times < 20; times += 1) {
    readChallenges(`Bearer a=${'"\\'.repeat(4000)}`);
    readChallenges(`Bearer ${'a='.repeat(4000)}`);
  }
  expect(performance.now() - started).toBeLessThan(100);
});
