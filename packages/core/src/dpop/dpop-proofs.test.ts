import { describe, expect, it } from 'vitest';
import type { ConfigurationError } from '../errors.js';
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
  resource,
} from './proof-check.harness.js';

describe('a good proof', () => {
  it.each(['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'] as const)(
    'by a key for %s is enough (EXT-45)',
    async (algorithm) => {
      const other = await createFakeProver({ algorithm, clock });
      const context = contextOf(await other.prove(good), { jkt: other.jkt });
      expect(await proofs.check(context)).toEqual({ kind: 'proven' });
      if (algorithm !== 'EdDSA') return;
      const named = await other.prove(good, { header: { alg: 'Ed25519' } });
      expect(await proofs.check(contextOf(named, { jkt: other.jkt }))).toEqual({ kind: 'proven' });
    },
  );

  it('is for the configured URL, whatever host the request names (EXT-45, ATK-84)', async () => {
    expect(await answerTo({})).toEqual({ kind: 'proven' });
    for (const htu of ['http://evil.example/mcp', 'https://evil.example/mcp']) {
      expect(await answerTo({ claims: { htu } })).toEqual(refused('The proof is for another URI.'));
    }
  });

  it('may spell its URI in any way that means the same (EXT-45)', async () => {
    for (const htu of [
      `${resource}?query=1#fragment`,
      'HTTPS://MCP.EXAMPLE.COM:443/mcp',
      'https://mcp.example.com/x/../%6Dcp',
    ]) {
      expect([htu, await answerTo({ claims: { htu } })]).toEqual([htu, { kind: 'proven' }]);
    }
  });

  it('is for the path of its request, where a resource has several', async () => {
    const request = new Request('http://10.0.0.7/v1/bills%2d?page=2', { method: 'GET' });
    const url = 'https://api.example.com/v1/bills-';
    request.headers.set('dpop', await prover.prove({ ...good, method: 'GET', url }));
    const context = contextOf(undefined, { request, resource: 'https://api.example.com' });
    expect(await proofs.check(context)).toEqual({ kind: 'proven' });
  });

  it('may be five minutes old or early, and no more (EXT-46)', async () => {
    const within = await Promise.all(
      [-301, -300, 300, 301].map((seconds) => answerTo({ claims: { iat: now + seconds } })),
    );
    const old = refused('The proof was not made in the last five minutes.');
    expect(within).toEqual([old, { kind: 'proven' }, { kind: 'proven' }, old]);
  });
});

describe('with nonces', () => {
  const nonceSecret = 'a secret of at least 32 characters';
  const wanted = (detail: string) => ({ kind: 'unproven', error: 'use_dpop_nonce', detail });

  it('wants one of its own (EXT-46, EXT-47)', async () => {
    const checker = dpopProofs({ nonceSecret });
    const ask = async (nonce: unknown, later = 0) => {
      const proof = await prover.prove(good, { claims: { nonce, iat: now + later } });
      return checker.check(contextOf(proof, { now: now + later }));
    };
    expect(await ask(undefined)).toEqual(wanted('The proof has no nonce.'));
    for (const nonce of ['', 'made-up', 7, ['x'], null]) {
      expect(await ask(nonce)).toEqual(wanted('The proof has a stale or foreign nonce.'));
    }
    const nonce = await checker.nonce?.(now);
    expect(await ask(nonce)).toEqual({ kind: 'proven' });
    expect(await ask(nonce, 299)).toEqual({ kind: 'proven' });
    expect(await ask(nonce, 300)).toEqual(wanted('The proof has a stale or foreign nonce.'));
  });

  it('wants none for a proof that would be refused anyway, and takes none for an excuse', async () => {
    const checker = dpopProofs({ nonceSecret });
    const nonce = await checker.nonce?.(now);
    expect(await answerTo({ claims: { htm: 'GET' } }, checker)).toEqual(
      refused('The proof is for another method.'),
    );
    expect(await answerTo({ claims: { nonce, iat: now - 301 } }, checker)).toEqual(
      refused('The proof was not made in the last five minutes.'),
    );
    const once = await prover.prove({ ...good, nonce: nonce ?? '' });
    expect(await checker.check(contextOf(once))).toEqual({ kind: 'proven' });
    expect(await checker.check(contextOf(once))).toEqual(refused('The proof was used before.'));
  });

  it('gives none where none are asked for, and minds none', async () => {
    expect(proofs.nonce).toBeUndefined();
    expect(await answerTo({ claims: { nonce: 'of another server' } })).toEqual({ kind: 'proven' });
  });
});

describe('dpopProofs', () => {
  it('takes the algorithms of access tokens, and a list of its own', async () => {
    const { algorithms, required } = proofs;
    expect([algorithms, required]).toEqual([
      ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      false,
    ]);
    expect(await answerTo({}, dpopProofs({ algorithms: ['EdDSA'] }))).toEqual(
      refused('The "alg" header of the proof is not an allowed algorithm.'),
    );
  });

  it('does not start without an algorithm', () => {
    expect(() => dpopProofs({ algorithms: [] })).toThrow('"algorithms" must list asymmetric');
  });

  it('names every option that is wrong at once', () => {
    const options = { algorithms: ['HS256'], nonceSecret: 'short', replays: new Map() };
    try {
      dpopProofs(options as unknown as DpopProofsOptions);
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigurationError).problems.map(({ option }) => option)).toEqual([
        'algorithms',
        'nonceSecret',
        'replays',
      ]);
      expect((error as ConfigurationError).code).toBe('CONFIGURATION_INVALID');
      expect((error as Error).message).not.toContain('short');
    }
  });
});
