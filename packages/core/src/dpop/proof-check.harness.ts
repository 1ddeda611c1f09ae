import type { ProofAnswer, ProofChecker, ProofContext } from '../proof/proof-checker.js';
import { createFakeProver, type FakeProver, type ProvenRequest } from '../testing/fake-prover.js';
import type { TokenChange } from '../testing/token-change.js';
import { dpopProofs } from './dpop-proofs.js';

/** The second that all of these tests are in. */
export const now = 1_800_000_000;
export const clock = (): number => now * 1000;
export const resource = 'https://mcp.example.com/mcp';
const token = 'the.access.token';
/** The request that good proofs are for. */
export const good: ProvenRequest = { url: resource, token };

export const prover: FakeProver = await createFakeProver({ clock });
export const proofs: ProofChecker = dpopProofs();

/** What reaches a checker: behind a proxy, the host of the request is anybody's. */
export function contextOf(
  proof: string | Headers | undefined,
  change: Partial<ProofContext> = {},
): ProofContext {
  const headers = proof instanceof Headers ? proof : new Headers(proof ? { dpop: proof } : {});
  headers.set('x-forwarded-host', 'evil.example');
  const request = new Request('http://evil.example/mcp?a=b', { method: 'POST', headers });
  const presented = { scheme: 'DPoP', value: token } as const;
  return { request, token: presented, jkt: prover.jkt, resource, now, ...change };
}

/** What is said to a proof that differs from a good one. */
export async function answerTo(
  change: TokenChange,
  by: ProofChecker = proofs,
): Promise<ProofAnswer> {
  return by.check(contextOf(await prover.prove(good, change)));
}

export function refused(detail: string): ProofAnswer {
  return { kind: 'unproven', error: 'invalid_dpop_proof', detail };
}
