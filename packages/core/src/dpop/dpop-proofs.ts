import { base64url, compactVerify } from 'jose';
import {
  AuthError,
  ConfigurationError,
  type ConfigurationProblem,
  ProviderUnavailableError,
} from '../errors.js';
import { algorithmProblems, defaultAlgorithms, type JwtAlgorithm } from '../jwt/algorithms.js';
import { isCanonicalBase64url, parseJsonObject } from '../jwt/strict-json.js';
import type { ProofAnswer, ProofChecker, ProofContext } from '../proof/proof-checker.js';
import { sha256 } from '../sha256.js';
import { createNonces } from './nonces.js';
import { ISSUED_WITHIN, judgeProofClaims } from './proof-claims.js';
import { createProofKeys } from './proof-key.js';
import { memoryReplayStore, type ReplayStore } from './replay-store.js';
import { unproven } from './unproven.js';

/** How {@link dpopProofs} checks. */
export interface DpopProofsOptions {
  /** Default: ES256, ES384, EdDSA, Ed25519, PS256, RS256. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /** Whether tokens that are not bound are refused. Default `false`: both kinds are taken. */
  readonly required?: boolean;
  /** At least 32 random characters, the same on all instances: proofs then need a nonce of ours. Default: no nonces. */
  readonly nonceSecret?: string;
  /** Where used proofs are marked. Default: {@link memoryReplayStore}; several instances share one of their own. */
  readonly replays?: ReplayStore;
}

/** The longest proof that is looked at, in characters; one by a 4,096-bit RSA key has about 2,500. */
const MAX_PROOF_LENGTH = 8192;

/**
 * Checks DPoP proofs for a resource.
 *
 * Checks, in order: that there is one `DPoP` header of bounded length; `typ`, `alg` and a public `jwk`; that its thumbprint is the one
 * the token is bound to; `htm`, `htu`, `ath`, `iat` (five minutes to either side), `jti`; the signature; the nonce, where nonces are on;
 * that the key has not used this `jti` before. Does NOT look at the token beyond its hash: that is the provider's.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 * @see RFC 9449 §4.3, §7, §9, §11.1
 */
export function dpopProofs(options: DpopProofsOptions = {}): ProofChecker {
  const { algorithms = defaultAlgorithms, required = false, nonceSecret } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { replays = memoryReplayStore() } = options;
  const nonces = nonceSecret === undefined ? undefined : createNonces(nonceSecret);
  const keyOf = createProofKeys(algorithms);

  async function isFirstUse(jkt: string, jti: string, iat: number, now: number): Promise<boolean> {
    // By key: nobody can use up another client's identifiers.
    const mark = await sha256(`${jkt}\n${jti}`);
    try {
      return await replays.insertIfAbsent(mark, Math.floor(iat) + ISSUED_WITHIN + 1, now, jkt);
    } catch (cause) {
      if (AuthError.isInstance(cause)) throw cause;
      throw new ProviderUnavailableError('The store of used proofs did not answer.', { cause });
    }
  }

  async function check(context: ProofContext): Promise<ProofAnswer> {
    const { request, jkt, now } = context;
    const proof = request.headers.get('dpop');
    if (proof === null) return unproven('The request has no DPoP header.');
    // Two header lines reach us joined by a comma, which no JWT has.
    if (proof.includes(',')) return unproven('The request has more than one proof.');
    if (proof.length > MAX_PROOF_LENGTH) return unproven('The proof is too long.');
    const [header = '', payload = '', ...more] = proof.split('.');
    if (more.length !== 1 || ![header, payload, ...more].every(isCanonicalBase64url)) {
      return unproven('The proof is not a JWT.');
    }

    const key = await keyOf(header, jkt);
    if (key.kind === 'unproven') return key;
    const content = parseJsonObject(base64url.decode(payload));
    if (!content) return unproven('The payload of the proof is not one JSON object.');
    const claims = await judgeProofClaims(content, context);
    if (typeof claims === 'string') return unproven(claims);
    try {
      await compactVerify(proof, key.key, { algorithms: [key.alg] });
    } catch {
      return unproven('The signature of the proof does not hold.');
    }

    const { iat, jti, nonce } = claims;
    if (nonces && !(typeof nonce === 'string' && (await nonces.accepts(nonce, now)))) {
      const detail = `The proof has ${nonce === undefined ? 'no' : 'a stale or foreign'} nonce.`;
      return { kind: 'unproven', error: 'use_dpop_nonce', detail };
    }
    // Last, so that only what would have passed leaves a mark.
    const first = await isFirstUse(jkt, jti, iat, now);
    return first ? { kind: 'proven' } : unproven('The proof was used before.');
  }

  return {
    algorithms,
    required,
    ...(nonces ? { nonce: (now: number) => nonces.current(now) } : {}),
    check,
  };
}

function optionProblems(options: DpopProofsOptions): readonly ConfigurationProblem[] {
  const { algorithms, nonceSecret, replays } = options;
  const problems = [...algorithmProblems(algorithms)];
  if (nonceSecret !== undefined && !(typeof nonceSecret === 'string' && nonceSecret.length >= 32)) {
    const remedy = 'Generate it with "openssl rand -base64 32" and give it to all instances.';
    problems.push({ option: 'nonceSecret', problem: 'is not a text of 32 characters.', remedy });
  }
  if (replays !== undefined && typeof replays.insertIfAbsent !== 'function') {
    const remedy = 'Leave it out for memory, or pass a store with "insertIfAbsent".';
    problems.push({ option: 'replays', problem: 'is not a ReplayStore.', remedy });
  }
  return problems;
}
