import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** A tenant of Logto. */
export interface LogtoWords {
  /** The Logto endpoint, such as `https://example.logto.app`. */
  readonly endpoint: string;
  /** API identifier (resource indicator), if it is not the URI of this resource. */
  readonly apiIndicator?: string;
}

/**
 * Logto: tokens as RFC 9068 has them, once a client asks for a `resource`; without one they are
 * opaque and refused.
 *
 * @see https://docs.logto.io/authorization/validate-access-tokens
 */
export function logto({ endpoint, apiIndicator }: LogtoWords): OidcProviderOptions {
  demand('logto', { endpoint });
  return {
    id: 'logto',
    issuer: `${urlOf(endpoint)}/oidc`,
    ...(apiIndicator === undefined ? {} : { audience: [apiIndicator] }),
    tenantClaim: 'organization_id',
  };
}
