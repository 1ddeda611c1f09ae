import type { OidcProviderOptions } from '../oidc-options.js';
import { demand } from './vendor-words.js';

/** Ory Hydra, hosted by you or in the Ory Network. */
export interface OryWords {
  /**
   * As `urls.self.issuer` has it, final slash and all, such as
   * `https://example.projects.oryapis.com`.
   */
  readonly issuer: string;
  /** What clients ask for with `audience`, if that is not the URI of this resource. */
  readonly audience?: readonly string[];
}

/**
 * Ory: JWTs need `strategies.access_token: jwt`; without it tokens are opaque and need
 * `introspection` with the `endpoint` of Hydra's admin API. Scopes are the array `scp`, the string
 * `scope` or both.
 *
 * @see https://www.ory.com/docs/hydra
 */
export function ory({ issuer, audience }: OryWords): OidcProviderOptions {
  demand('ory', { issuer });
  return {
    id: 'ory',
    issuer,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'jti', 'client_id', ['scp', 'scope']],
    ...(audience ? { audience } : {}),
    clientIdClaims: ['client_id'],
    scopeClaims: ['scp', 'scope'],
  };
}
