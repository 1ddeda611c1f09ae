import {
  type AuthProvider,
  ConfigurationError,
  type IssuerStatus,
  MAX_TOKEN_LENGTH,
  type Principal,
  type Rejection,
  rejection,
} from '@portcullis/core';
import {
  createGrantReader,
  createJwtVerifier,
  createRemoteKeys,
  onceAMinute,
  principalFromJwt,
  toleratingOutage,
  type VerifiedJwt,
} from '@portcullis/core/jwt';
import { checkMetadata, needsMetadata } from './check-metadata.js';
import { hintFor } from './hint-for.js';
import { createIntrospection } from './introspection.js';
import { issuerDocument } from './issuer-document.js';
import { issuerList } from './issuer-list.js';
import { inactive, judgeIntrospected } from './judge-introspected.js';
import { claimMapping, stringAt } from './oidc-claims.js';
import type { OidcProviderOptions } from './oidc-options.js';
import { keyOptions, verifierOptions } from './oidc-parts.js';
import { oidcProblems } from './oidc-problems.js';
import { createExchange } from './token-exchange.js';

/** {@link AuthProvider}, and what the provider of a remote issuer can do beyond it. */
export interface OidcProvider extends AuthProvider {
  /**
   * Asks the issuer once, at start-up, for its metadata and its keys. Optional: the first token
   * does it too.
   *
   * @throws {ConfigurationError} when the metadata names another issuer, or lacks an endpoint that is
   *   needed.
   * @throws {ProviderUnavailableError} when the issuer cannot be asked.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** State of the keys, for a health answer. */
  status(): readonly IssuerStatus[];
  onRevocation: NonNullable<AuthProvider['onRevocation']>;
}

/** Bytes of one answer of the issuer. */
const MAX_BYTES = 262_144;

/**
 * Trusts the tokens of one issuer: JWTs by its published keys, opaque tokens by introspection where
 * that is set up.
 *
 * Returns at once; the issuer is asked when the first token needs it. A JWT whose issuer is another
 * one is sent nowhere. Does NOT decide scopes, and checks no DPoP proof.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 * @see RFC 7662, RFC 8414, RFC 9068; OpenID Connect Discovery 1.0
 */
export function oidcProvider(options: OidcProviderOptions): OidcProvider {
  const problems = oidcProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const { id = 'oidc', metadataUrl, introspection: asking } = options;
  const { scopeClaims = ['scope'], grants = {} } = options;
  const { timeoutMs = 5000, retryAfter = 5, audience = [], clockTolerance = 5 } = options;
  const report = onceAMinute(options.report);
  const bounds = {
    fetch: options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init)),
    timeoutMs,
    maxBytes: MAX_BYTES,
  };
  const list = issuerList(options);
  const { issuers } = list;
  const document = issuerDocument(list, metadataUrl, { ...bounds, retryAfter });
  const keys = createRemoteKeys({ ...keyOptions(options), report });
  const verifier = createJwtVerifier({ ...verifierOptions(options), keys });
  const asked = { issuers, document, bounds, retryAfter, report };
  const introspection = asking && createIntrospection(asking, asked);
  const reader = createGrantReader(grants, scopeClaims);
  const mapping = claimMapping(options, reader);
  const rules = {
    ...{ issuers, audience, clockTolerance },
    // RFC 7662 §2.2: no other claim has to be there. A principal needs subject and client anyway.
    requiredClaims: [],
    ...(options.claimValues ? { claimValues: options.claimValues } : {}),
  };

  function toPrincipal(verified: VerifiedJwt): Principal | Rejection {
    const { claims } = verified;
    const tenant = list.tenantOf(String(claims.iss));
    const { tenantClaim = 'tid' } = options;
    if (tenant !== undefined && stringAt(claims, tenantClaim) !== tenant) {
      const detail = 'The token names another tenant than its issuer does.';
      return explained(rejection('claims_invalid', detail));
    }
    const answer = principalFromJwt(verified, mapping);
    return answer.kind === 'rejection' ? explained(answer) : answer;
  }

  function explained(refused: Rejection): Rejection {
    const hint = hintFor(refused, introspection !== undefined);
    if (hint !== undefined) report(hint);
    return refused;
  }

  /** An answer of the issuer holds for a while only: a revocation is not told to us. */
  function fleeting(verified: VerifiedJwt, now: number): VerifiedJwt {
    const { freshUntil = Number.POSITIVE_INFINITY } = verified;
    const { rememberSeconds = 30 } = asking ?? {};
    return { ...verified, freshUntil: Math.min(freshUntil, now + rememberSeconds) };
  }

  return {
    specificationVersion: 'v1',
    id,
    authorizationServers: options.authorizationServers ?? issuers,
    issuers,
    ...reader.members,

    async verify({ value }, context) {
      if (introspection && isOpaque(value)) {
        if (!isToken68(value)) {
          return rejection('token_malformed', 'The token is too long, or holds what none may.');
        }
        const answer = await introspection.ask(value, context);
        const judged = await judgeIntrospected(value, answer, rules, context);
        if (judged.kind === 'rejection') return explained(judged);
        return toPrincipal(fleeting(judged, context.now));
      }
      const verified = await verifier.verify(value, context);
      if (verified.kind === 'rejection') return explained(verified);
      if (!introspection || !asking?.always) return toPrincipal(verified);
      const answer = await introspection.ask(value, context);
      if (!answer.active) return inactive(answer, context);
      return toPrincipal(fleeting(verified, context.now));
    },
    ...(options.exchange ? { exchange: createExchange(options.exchange, asked) } : {}),
    onRevocation: (listen) => keys.onRetired(() => listen({ kind: 'keys' })),

    async ready(signal = AbortSignal.timeout(timeoutMs * 4)) {
      let hasKeys = true;
      if (needsMetadata(options)) {
        await toleratingOutage(options.keySnapshot, async () => {
          hasKeys = checkMetadata(await document.read(signal), issuers, options);
        });
      }
      if (hasKeys) await keys.load(signal);
    },
    status: () => [{ issuers, ...keys.status(), ...introspection?.status() }],
  };
}

const isOpaque = (token: string): boolean => token.split('.', 4).length !== 3;

/** RFC 6750 §2.1. */
const isToken68 = (token: string): boolean =>
  token.length <= MAX_TOKEN_LENGTH && /^[A-Za-z0-9\-._~+/]+=*$/.test(token);
