import type { AuthProvider, IssuerStatus } from '@portcullis/core';
import {
  createGrantReader,
  createJwtVerifier,
  createRemoteKeys,
  type FetchBounds,
  onceAMinute,
  principalFromJwt,
  toleratingOutage,
  untilAborted,
} from '@portcullis/core/jwt';
import { auth0Claims, contradiction } from './auth0-claims.js';
import { type Auth0ProviderOptions, issuersOf } from './auth0-options.js';
import { checkMetadata } from './check-metadata.js';
import { explainRejection } from './explain-rejection.js';
import { exchangeOnBehalf } from './token-exchange.js';

/** A provider that trusts one Auth0 tenant. */
export interface Auth0Provider extends AuthProvider {
  readonly id: 'auth0';
  /**
   * Asks the tenant for keys and metadata, at start-up, and reports what MCP needs and it has
   * switched off. Optional: the first token brings the keys too.
   *
   * @param signal - Ends the wait. Default: only `timeoutMs` does, for each request.
   * @throws {ConfigurationError} when the metadata names another issuer.
   * @throws {ProviderUnavailableError} when the tenant cannot be asked.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** The state of the keys, for a health answer. */
  status(): readonly IssuerStatus[];
}

/**
 * No ID token has a claim for the client that an access token was given to; both dialects of access
 * tokens do.
 */
const requiredClaims = ['sub', 'iat', ['client_id', 'azp']];

/**
 * Trusts the access tokens of an Auth0 tenant that were made for this resource, in both dialects
 * (Auth0's own, RFC 9068). Does no I/O.
 *
 * Checks signature (RS256, PS256), issuer, audience, times, client, and the organisation where
 * `organizations` is given.
 * Does NOT check revocation, which Auth0 has none of for access tokens, nor DPoP proofs, which are
 * the gate's: it hands on `cnf.jkt`.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every option that is wrong.
 * @see https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, RFC 9068, RFC 8707
 */
export function auth0Provider(options: Auth0ProviderOptions): Auth0Provider {
  const issuers = issuersOf(options);
  const [issuer] = issuers;
  const { audience = [], permissions = false, organizations, grants = {}, exchange } = options;
  const { keySnapshot } = options;
  const { clockTolerance = 5, timeoutMs = 5000, retryAfter = 5 } = options;
  const { fetch = (url, init) => globalThis.fetch(url, init) } = options;
  const report = onceAMinute(options.report);
  const bounds: FetchBounds = { fetch, timeoutMs, maxBytes: 262_144 };

  const reader = createGrantReader(grants, permissions ? ['scope', 'permissions'] : ['scope']);
  const mapping = auth0Claims(reader);
  const keys = createRemoteKeys({
    jwksUri: `${issuer}.well-known/jwks.json`,
    ...{ fetch, timeoutMs, retryAfter, report },
    ...(keySnapshot ? { snapshot: keySnapshot } : {}),
  });
  const verifier = createJwtVerifier({
    ...{ issuer: issuers, keys, audience, clockTolerance, requiredClaims },
    algorithms: ['RS256', 'PS256'],
    typ: 'jwt',
    ...(organizations ? { claimValues: { org_id: organizations } } : {}),
  });

  return {
    specificationVersion: 'v1',
    id: 'auth0',
    authorizationServers: [issuer],
    issuers,
    ...reader.members,

    async verify(token, context) {
      const answer = await verifier.verify(token.value, context);
      if (answer.kind === 'verified') {
        return contradiction(answer.claims) ?? principalFromJwt(answer, mapping);
      }
      const about = { token: token.value, issuers, resource: context.resource };
      const explained = explainRejection(answer, about);
      if (explained !== answer) report(explained.detail);
      return explained;
    },

    onRevocation: (listen) => keys.onRetired(() => listen({ kind: 'keys' })),

    ...(exchange
      ? {
          exchange: (token, want, context) =>
            exchangeOnBehalf(
              { issuer, application: exchange, bounds, retryAfter, report },
              token,
              want,
              context,
            ),
        }
      : {}),

    async ready(signal = new AbortController().signal) {
      await toleratingOutage(keySnapshot, () =>
        untilAborted(checkMetadata(issuer, bounds, report), signal),
      );
      await keys.load(signal);
    },
    status: () => [{ issuers, ...keys.status() }],
  };
}
