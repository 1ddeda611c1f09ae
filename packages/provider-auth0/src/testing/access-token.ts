import { randomBytes } from 'node:crypto';
import type { Tenant, TenantApi, TokenDialect } from './tenant.js';

/** What an access token is made for. */
export interface AccessTokenGrant {
  readonly api: TenantApi;
  /** The identifier of the API, and the tenant's userinfo endpoint where `openid` was granted. */
  readonly audience: readonly string[];
  readonly clientId: string;
  /** The person, or the machine of an exchanged token. Absent: the client acts for itself. */
  readonly subject?: string;
  readonly scopes: readonly string[];
  /** As at the token endpoint. Default `authorization_code`. */
  readonly grantType?: string;
  /** Who acts, after an exchange (RFC 8693 §4.1). */
  readonly act?: Readonly<Record<string, unknown>>;
}

/** Header and claims before they are signed. */
export interface UnsignedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const isRfc9068 = (dialect: TokenDialect): boolean => dialect.startsWith('rfc9068_');

/** The claim that names the client. */
export const clientClaimOf = (dialect: TokenDialect): 'client_id' | 'azp' =>
  isRfc9068(dialect) ? 'client_id' : 'azp';

/** How Auth0's own dialects spell the grant types that they name at all. */
const namedGrants: Readonly<Record<string, string>> = {
  client_credentials: 'client-credentials',
  refresh_token: 'refresh_token',
};

/** An access token in the dialect of its API. */
export function accessToken(tenant: Tenant, grant: AccessTokenGrant, now: number): UnsignedToken {
  const { api, audience, clientId, subject, scopes, act } = grant;
  const { token_dialect: dialect, token_lifetime: lifetime } = api;
  const { grantType = subject === undefined ? 'client_credentials' : 'authorization_code' } = grant;
  const { organization } = tenant.user;
  const person = subject === tenant.user.user_id;
  const gty = isRfc9068(dialect) ? undefined : namedGrants[grantType];
  return {
    header: { typ: isRfc9068(dialect) ? 'at+jwt' : 'JWT' },
    claims: {
      iss: tenant.issuer,
      sub: subject ?? `${clientId}@clients`,
      aud: audience.length === 1 ? audience[0] : audience,
      iat: now,
      exp: now + lifetime,
      ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
      ...(person && organization ? { org_id: organization.id, org_name: organization.name } : {}),
      ...(isRfc9068(dialect) ? { jti: randomBytes(16).toString('base64url') } : {}),
      [clientClaimOf(dialect)]: clientId,
      ...(gty === undefined ? {} : { gty }),
      ...(act ? { act } : {}),
      ...(dialect.endsWith('_authz')
        ? { permissions: person ? permissionsOf(tenant, api) : scopes }
        : {}),
    },
  };
}

/** Everything that the person may do with an API, whatever was asked for. */
export const permissionsOf = (tenant: Tenant, api: TenantApi): readonly string[] =>
  tenant.user.permissions
    .filter((each) => each.resource_server_identifier === api.identifier)
    .map((each) => each.permission_name);

/** What Auth0 hands out where no API was asked for: a JWE that only the tenant itself can read. */
export function opaqueToken(tenant: Tenant): string {
  const header = JSON.stringify({ alg: 'dir', enc: 'A256GCM', iss: tenant.issuer });
  const random = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${Buffer.from(header).toString('base64url')}..${random(12)}.${random(160)}.${random(16)}`;
}
