import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerTo, contextOf, good, proofs, prover } from './proof-check.harness.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [head = '', payload = '', signature = ''] = (await prover.prove(good)).split('.');
const header = JSON.parse(Buffer.from(head, 'base64url').toString());
const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());

/** The good object with some members replaced by anything that JSON can say. */
const changed = (given: Record<string, unknown>) =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(given)), fc.jsonValue(), { minKeys: 1 })
    .map((members) => ({ ...given, ...members }));
const jwk = changed(header.jwk).map((key) => ({ ...header, jwk: key }));

it('that is any text at all is refused, and throws nothing', async () => {
  const text = fc.stringMatching(/^[\x20-\x7e]{0,200}$/);
  await fc.assert(
    fc.asyncProperty(text, async (proof) => {
      expect((await proofs.check(contextOf(proof))).kind).toBe('unproven');
    }),
  );
});

it('whose header says anything else is refused, and throws nothing', async () => {
  const other = fc.oneof(changed(header), jwk).filter((one) => encode(one) !== head);
  await fc.assert(
    fc.asyncProperty(other, async (one) => {
      const proof = `${encode(one)}.${payload}.${signature}`;
      expect((await proofs.check(contextOf(proof))).kind).toBe('unproven');
    }),
  );
});

it('whose payload says anything else is refused, signed or not, and throws nothing', async () => {
  const members = ['htm', 'htu', 'ath', 'iat', 'jti'];
  const wrong = fc.record({ name: fc.constantFrom(...members), value: fc.jsonValue() });
  const usable = (name: string, value: unknown) =>
    name === 'jti' && typeof value === 'string' && value !== '';
  await fc.assert(
    fc.asyncProperty(
      wrong.filter(({ name, value }) => value !== claims[name] && !usable(name, value)),
      async ({ name, value }) => {
        expect((await answerTo({ claims: { [name]: value } })).kind).toBe('unproven');
        const unsigned = `${head}.${encode({ ...claims, [name]: value })}.${signature}`;
        expect((await proofs.check(contextOf(unsigned))).kind).toBe('unproven');
      },
    ),
  );
});
