import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** WorkOS AuthKit with Connect. */
export interface WorkosWords {
  /** The AuthKit domain, such as `example.authkit.app`. */
  readonly domain: string;
  /**
   * Client id of the environment: the audience of machines, and of people where no resource is set
   * up. All that the environment protects shares it, so leave it out where only people call and the
   * resource is set up.
   */
  readonly clientId?: string;
  /** Permissions of a person's role, `permissions`, and the scopes that each stands for. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
}

/**
 * WorkOS AuthKit: tokens of Connect, not those of AuthKit sessions. `org_id` is the organisation.
 *
 * @see https://workos.com/docs/authkit/connect/token-claims
 */
export function workos({ domain, clientId, permissions }: WorkosWords): OidcProviderOptions {
  demand('workos', { domain });
  return {
    id: 'workos',
    issuer: urlOf(domain),
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'jti', 'client_id'],
    ...(clientId === undefined ? {} : { audience: [clientId] }),
    clientIdClaims: ['client_id'],
    tenantClaim: 'org_id',
    ...(permissions ? { grants: { roleClaims: ['permissions'], roles: permissions } } : {}),
  };
}
