import { randomUUID } from 'node:crypto';
import { createJwtVerifier, createRemoteKeys, type JwtVerifierOptions } from '@portcullis/core/jwt';
import { errors } from 'oidc-provider';
import { insertFirst } from '../store/insert-first.js';
import type { LocalStore } from '../store/local-store.js';

/** A trusted issuer, and what its assertions are like. */
export interface AssertionRules extends Pick<JwtVerifierOptions, 'typ'> {
  readonly issuer: string;
  readonly jwksUri?: string | undefined;
  /** What `aud` may be. */
  readonly audiences: readonly [string, ...string[]];
  /** Seconds that may lie between `iat` and `exp`. */
  readonly longest: number;
  /** Claims that must be there beside `iss`, `aud` and `exp`. */
  readonly required: readonly string[];
  readonly reusable: boolean;
}

/** An assertion that its issuer made for us and that has not expired. */
export interface VerifiedAssertion {
  readonly claims: Readonly<Record<string, unknown>> & {
    readonly iss: string;
    readonly sub: string;
  };
  /** @throws {errors.InvalidGrant} when it was used before. */
  refuseSpent(): Promise<void>;
  /**
   * Uses it up: the last step before the answer, so that neither a mistake in the request nor a failure of ours costs the client
   * anything. Of any number of requests with one assertion exactly one gets past it.
   *
   * @throws {errors.InvalidGrant} when it was used before.
   */
  spend(): Promise<void>;
}

/** Verifies the assertions of one issuer. */
export interface AssertionVerifier {
  /**
   * @throws {errors.InvalidGrant} when the assertion is at fault.
   * @throws {ProviderUnavailableError} when the keys of the issuer cannot be had: an outage is no verdict.
   */
  verify(assertion: string): Promise<VerifiedAssertion>;
}

const SEEN = 'SeenAssertion';
/** Seconds that a used assertion is remembered beyond its end, and that it may last longer: clocks differ. */
const CLOCKS_DIFFER = 60;

/**
 * Verifies assertions that stand in for a grant.
 *
 * Checks type, algorithm, signature, `iss`, `exp`, `nbf`, `iat`, that `aud` is us and nobody else, and that it was made for a short life.
 * Does NOT check whom it speaks of, nor what it allows, nor any binding to a key.
 *
 * @see RFC 7523 §3, draft-ietf-oauth-identity-assertion-authz-grant §4.4
 */
export function createAssertionVerifier(
  store: LocalStore,
  rules: AssertionRules,
): AssertionVerifier {
  const { issuer, jwksUri, audiences, longest, required, reusable, typ } = rules;
  const [resource, ...others] = audiences;
  const verifier = createJwtVerifier({
    issuer,
    keys: createRemoteKeys(jwksUri === undefined ? { issuer } : { jwksUri }),
    audience: others,
    requiredClaims: required,
    ...(typ ? { typ } : {}),
  });

  return {
    async verify(assertion) {
      const now = Date.now() / 1000;
      const signal = new AbortController().signal;
      const verified = await verifier.verify(assertion, { resource, now, signal });
      if (verified.kind === 'rejection') throw new errors.InvalidGrant(verified.detail);
      const { claims, expiresAt } = verified;
      // One that is for somebody else too, that one could present here.
      if (Array.isArray(claims.aud) && claims.aud.length !== 1) {
        throw new errors.InvalidGrant('The assertion is for others too.');
      }
      // Of its whole life, not of what is left: what ended all access may be forgotten before an older one ends.
      if (expiresAt - Math.min(Number(claims.iat), now) > longest + CLOCKS_DIFFER) {
        throw new errors.InvalidGrant(`The assertion lasts longer than ${longest} seconds.`);
      }
      const id = JSON.stringify([issuer, claims.jti]);
      const refuse = (): never => {
        throw new errors.InvalidGrant('The assertion was used before.');
      };
      return {
        claims: claims as VerifiedAssertion['claims'],
        async refuseSpent() {
          if (!reusable && (await store.read(SEEN, id))) refuse();
        },
        async spend() {
          if (reusable) return;
          const until = Math.ceil(expiresAt) + CLOCKS_DIFFER;
          if (!(await insertFirst(store, SEEN, id, until, { by: randomUUID() }))) refuse();
        },
      };
    },
  };
}
