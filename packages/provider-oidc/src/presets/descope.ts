import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** A project of Descope. */
export interface DescopeWords {
  readonly projectId: string;
  /**
   * Where an MCP server of Descope's has an issuer of its own: as its metadata spells it. Default:
   * the project's.
   */
  readonly issuer?: string;
  /** Of the region, or your custom domain. Default `https://api.descope.com`. */
  readonly baseUrl?: string;
  /**
   * What stands in `aud`, such as the id of the MCP server. Default: with `issuer` the URI of this
   * resource alone; otherwise the project id, which all applications of the project share.
   */
  readonly audience?: readonly string[];
}

/**
 * Descope: tokens of inbound apps and MCP servers. A session token has neither `scope` nor a client
 * and is refused. `dct` is the tenant that was chosen at sign-in.
 *
 * @see https://docs.descope.com/agentic-identity-hub/mcp-servers
 */
export function descope(words: DescopeWords): OidcProviderOptions {
  const { projectId, issuer, baseUrl = 'https://api.descope.com' } = words;
  const { audience = issuer === undefined ? [projectId] : [] } = words;
  demand('descope', { projectId });
  const base = urlOf(baseUrl);
  return {
    id: 'descope',
    issuer: issuer ?? `${base}/v1/apps/${projectId}`,
    jwksUri: `${base}/${projectId}/.well-known/jwks.json`,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'scope', ['azp', 'client_id']],
    audience,
    clientIdClaims: ['azp', 'client_id'],
    tenantClaim: 'dct',
  };
}
