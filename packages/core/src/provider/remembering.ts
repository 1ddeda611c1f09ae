import { sha256 } from '../sha256.js';
import type { PresentedToken } from '../token/presented-token.js';
import type { Principal } from '../token/principal.js';
import type { Rejection } from '../token/rejection.js';
import type { AuthProvider, Revocation, VerifyContext } from './auth-provider.js';
import { type Recent, recent } from './recent.js';
import { isRevokedBy } from './revocations.js';

/** How long a refusal is remembered, in seconds: long enough for a flood, short enough for a rotated key. */
const REJECTION_SECONDS = 2;
/** How many refusals are remembered. Kept apart, so that bad tokens cannot push out good ones. */
const REJECTIONS = 1000;
/** After how many milliseconds a verification is told to give up, which it reports as an outage. */
const VERIFICATION_MS = 10_000;

/** A provider with a memory. */
export interface RememberingProvider extends AuthProvider {
  /** How many principals are kept. */
  readonly remembered: number;
}

/**
 * A provider that answers from memory for a token it has seen.
 *
 * Keyed by a SHA-256 over every byte of the token, its scheme and the resource. Never past `expiresAt` or
 * `freshUntil`; forgotten on revocation and when a key is withdrawn. Callers that ask for the same token at the same time share one
 * verification, and one frozen answer. Does NOT remember outages, and does NOT check proofs: those are due on every request.
 *
 * @param capacity - How many principals are kept; the least recently used half goes first.
 */
export function remembering(provider: AuthProvider, capacity: number): RememberingProvider {
  const principals = recent<Principal>(capacity);
  const rejections = recent<{ readonly answer: Rejection; readonly until: number }>(REJECTIONS);
  const pending = new Map<string, Promise<Principal | Rejection>>();
  // Counts revocations: an answer that was on its way when one came must not be kept.
  let generation = 0;

  provider.onRevocation?.((revocation) => {
    generation += 1;
    forget(principals, revocation);
    // Nor may anybody who comes later be given it.
    pending.clear();
  });

  async function verify(key: string, token: PresentedToken, context: VerifyContext) {
    const asked = generation;
    // Shared by several callers, so the first one to hang up must not end it for the others.
    const shared = new AbortController();
    // Not `AbortSignal.timeout`, whose timer outlives the answer: a flood of bad tokens would pile them up.
    const timer = setTimeout(() => shared.abort(), VERIFICATION_MS);
    try {
      const answer = await provider.verify(token, { ...context, signal: shared.signal });
      if (answer.kind === 'rejection') {
        rejections.set(key, { answer, until: context.now + REJECTION_SECONDS });
      } else if (asked === generation) {
        principals.set(key, answer);
      }
      return frozen(answer);
    } finally {
      clearTimeout(timer);
    }
  }

  // Not a spread, which would lose whatever a provider inherits: the methods and getters of a class.
  return {
    specificationVersion: provider.specificationVersion,
    id: provider.id,
    authorizationServers: provider.authorizationServers,
    ...(provider.mappedScopes ? { mappedScopes: provider.mappedScopes } : {}),
    ...(provider.assignedScopes ? { assignedScopes: provider.assignedScopes.bind(provider) } : {}),
    ...(provider.scopePrefix === undefined ? {} : { scopePrefix: provider.scopePrefix }),
    ...(provider.onRevocation ? { onRevocation: provider.onRevocation.bind(provider) } : {}),
    ...(provider.status ? { status: provider.status.bind(provider) } : {}),
    ...(provider.obtainable ? { obtainable: provider.obtainable.bind(provider) } : {}),
    ...(provider.exchange ? { exchange: provider.exchange.bind(provider) } : {}),
    get remembered() {
      return principals.size;
    },
    async verify(token, context) {
      const digest = sha256(`${token.scheme}\n${context.resource}\n${token.value}`);
      const key = typeof digest === 'string' ? digest : await digest;

      const known = principals.get(key);
      if (known) {
        if (context.now < Math.min(known.expiresAt, known.freshUntil ?? Number.POSITIVE_INFINITY)) {
          return known;
        }
        principals.delete(key);
      }
      const refused = rejections.get(key);
      if (refused && context.now < refused.until) return refused.answer;

      const running = pending.get(key);
      if (running) return running;
      const started = verify(key, token, context).finally(() => {
        if (pending.get(key) === started) pending.delete(key);
      });
      pending.set(key, started);
      return started;
    },
  };
}

/** Many requests share an answer, so none may change it: a handler that sorts a list of claims would do so for all. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

function forget(principals: Recent<Principal>, revocation: Revocation): void {
  if (revocation.kind === 'keys' && revocation.issuers === undefined) {
    principals.clear();
    return;
  }
  for (const [key, principal] of principals.entries()) {
    if (isRevokedBy(principal, revocation)) principals.delete(key);
  }
}
