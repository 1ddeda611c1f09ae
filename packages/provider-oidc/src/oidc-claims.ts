import { type ClaimMapping, type ClaimPath, claimAt, type GrantReader } from '@portcullis/core/jwt';
import type { OidcProviderOptions } from './oidc-options.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Claims of which one names the client, where the options do not say otherwise: RFC 9068, OpenID
 * Connect, Okta, Entra ID v1.
 */
const CLIENT_ID_CLAIMS: readonly string[] = ['client_id', 'azp', 'cid', 'appid'];

/**
 * Where the issuer of these options keeps what a principal is made of. Pure functions of verified
 * claims.
 */
export function claimMapping(options: OidcProviderOptions, grants: GrantReader): ClaimMapping {
  const { clientIdClaims = CLIENT_ID_CLAIMS, machineClaims = [], userClaims } = options;
  const { tenants, tenantClaim = tenants ? 'tid' : undefined } = options;
  const clientId = (claims: Claims) => stringAt(claims, clientIdClaims.find(within(claims)));

  return {
    clientId,
    grants: grants.read,
    actor(claims) {
      const machine = claims.sub === clientId(claims) || machineClaims.some(within(claims));
      const isUser = userClaims === undefined || userClaims.some(filled(claims));
      return machine || !isUser ? 'client' : 'user';
    },
    tenant: (claims) => stringAt(claims, tenantClaim),
  };
}

/** The string at a claim or, by several names, inside of it. */
export function stringAt(claims: Claims, path: ClaimPath | undefined): string | undefined {
  const value = path === undefined ? undefined : claimAt(claims, path);
  return typeof value === 'string' ? value : undefined;
}

const within =
  (claims: Claims) =>
  (name: string): boolean =>
    Object.hasOwn(claims, name);

/** A mark that is there without a value marks nobody: a client is never taken for a user. */
const filled =
  (claims: Claims) =>
  (name: string): boolean =>
    within(claims)(name) && claims[name] !== null && claims[name] !== '';
