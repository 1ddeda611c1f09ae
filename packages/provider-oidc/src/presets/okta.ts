import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** A custom authorization server of Okta. */
export interface OktaWords {
  /** Such as `example.okta.com`, or the custom domain. */
  readonly domain: string;
  /** Its id, or `default`. The server of the organisation itself is not for others to verify. */
  readonly authorizationServer: string;
  /** The audience of that server, such as `api://default`: every token of it has this one. */
  readonly audience: string;
}

/**
 * Okta: scopes are the array `scp`, the client is `cid`, and a person's token has `uid`. All
 * resources behind one authorization server share its audience: give each MCP server one of its
 * own.
 *
 * @see https://developer.okta.com/docs/reference/api/oidc/
 */
export function okta({ domain, authorizationServer, audience }: OktaWords): OidcProviderOptions {
  demand('okta', { domain, authorizationServer, audience });
  return {
    id: 'okta',
    issuer: `${urlOf(domain)}/oauth2/${authorizationServer}`,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'jti', 'cid', 'scp'],
    audience: [audience],
    clientIdClaims: ['cid'],
    userClaims: ['uid'],
    scopeClaims: ['scp'],
  };
}
