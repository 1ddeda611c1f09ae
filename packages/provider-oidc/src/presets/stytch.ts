import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** A project of Stytch with Connected Apps. */
export interface StytchWords {
  /** Such as `project-live-…`: the audience, unless the client has a custom one. */
  readonly projectId: string;
  /** The project domain, such as `example.customers.stytch.com`, or the custom one. */
  readonly domain: string;
  /** What stands in `aud`. Default: the project id, which all applications of the project share. */
  readonly audience?: readonly string[];
  /**
   * Takes the tokens of M2M clients too, which name their client in `sub` alone. Default `false`.
   */
  readonly machines?: boolean;
}

/**
 * Stytch: `iss` is the project domain, or `stytch.com/<project>` without a scheme for tokens that
 * came by that host. A session JWT has no `scope` and is refused.
 *
 * @see https://stytch.com/docs/b2b/api/connected-app-access-token
 */
export function stytch(words: StytchWords): OidcProviderOptions {
  const { projectId, domain, machines = false, audience = [projectId] } = words;
  demand('stytch', { projectId, domain });
  const url = urlOf(domain);
  return {
    id: 'stytch',
    issuer: [url, `stytch.com/${projectId}`],
    authorizationServers: [url],
    jwksUri: `${url}/.well-known/jwks.json`,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'scope', ...(machines ? [] : ['client_id'])],
    audience,
    clientIdClaims: machines ? ['client_id', 'sub'] : ['client_id'],
    tenantClaim: ['https://stytch.com/organization', 'organization_id'],
  };
}
