import { describe, expect, it } from 'vitest';
import { ProviderUnavailableError } from '../errors.js';
import { createFakeProver } from '../testing/fake-prover.js';
import { type DpopProofsOptions, dpopProofs } from './dpop-proofs.js';
import {
  answerTo,
  clock,
  contextOf,
  good,
  now,
  proofs,
  prover,
  refused,
} from './proof-check.harness.js';

describe('a proof that was used', () => {
  const replayed = refused('The proof was used before.');

  it('is refused, and so is another with its id (ATK-52)', async () => {
    const proof = await prover.prove(good, { claims: { jti: 'once' } });
    expect(await proofs.check(contextOf(proof))).toEqual({ kind: 'proven' });
    expect(await proofs.check(contextOf(proof))).toEqual(replayed);
    expect(await answerTo({ claims: { jti: 'once', iat: now - 1 } })).toEqual(replayed);
  });

  it('is refused for as long as it could pass (EXT-46)', async () => {
    const proof = await prover.prove(good, { claims: { iat: now + 300 } });
    const answers = [];
    for (const later of [0, 300, 600, 601]) {
      answers.push(await proofs.check(contextOf(proof, { now: now + later })));
    }
    const old = refused('The proof was not made in the last five minutes.');
    expect(answers).toEqual([{ kind: 'proven' }, replayed, replayed, old]);
  });

  it('passes once of twenty that come at the same time', async () => {
    const proof = await prover.prove(good);
    const all = await Promise.all(Array.from({ length: 20 }, () => proofs.check(contextOf(proof))));
    expect(all.filter(({ kind }) => kind === 'proven')).toHaveLength(1);
  });

  it('uses up no id of another client, and a bad one uses up none at all', async () => {
    const other = await createFakeProver({ clock });
    const claims = { jti: 'shared' };
    await answerTo({ claims, signedBy: 'stranger' });
    expect(await answerTo({ claims })).toEqual({ kind: 'proven' });
    const theirs = contextOf(await other.prove(good, { claims }), { jkt: other.jkt });
    expect(await proofs.check(theirs)).toEqual({ kind: 'proven' });
  });

  it('is known to all instances that share a store, by a key that says nothing', async () => {
    const marks = new Map<string, number>();
    const replays: DpopProofsOptions['replays'] = {
      insertIfAbsent: async (mark, expiresAt) =>
        !marks.has(mark) && marks.set(mark, expiresAt).size > 0,
    };
    const proof = await prover.prove(good);
    const [one, other] = [dpopProofs({ replays }), dpopProofs({ replays })];
    expect(await one.check(contextOf(proof))).toEqual({ kind: 'proven' });
    expect(await other.check(contextOf(proof))).toEqual(replayed);
    expect([...marks]).toEqual([[expect.stringMatching(/^[0-9a-f]{64}$/), now + 301]]);
  });

  it('cannot be told from a fresh one while the store is away: an outage', async () => {
    const cause = new Error('ECONNREFUSED');
    const away = dpopProofs({ replays: { insertIfAbsent: () => Promise.reject(cause) } });
    await expect(answerTo({}, away)).rejects.toMatchObject({
      name: 'ProviderUnavailableError',
      cause,
    });
    const full = new ProviderUnavailableError('full', { retryAfter: 60 });
    const busy = dpopProofs({ replays: { insertIfAbsent: () => Promise.reject(full) } });
    await expect(answerTo({}, busy)).rejects.toBe(full);
  });
});
