import type { ClaimMapping, GrantReader } from '@portcullis/core/jwt';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Both are in the wild, each as a string or an array: users' tokens mostly have the first,
 * machines' tokens the second.
 */
export const SCOPE_CLAIMS = ['scope', 'scopes'] as const;

/** Where Scalekit keeps what a principal is made of. Pure functions of verified claims. */
export function scalekitClaims(grants: GrantReader): ClaimMapping {
  return {
    grants: grants.read,
    actor: ({ sub, client_id: clientId }) =>
      sub === clientId || isMachine(sub) ? 'client' : 'user',
    tenant: ({ oid, org_id: orgId }) => text(oid) ?? text(orgId),
  };
}

/** Whether `sub` names a client of an MCP server (`m2m_…`) or of an organisation (`m2morg_…`). */
const isMachine = (sub: unknown): boolean => /^m2m(org)?_/.test(String(sub));

/** Whether a client of an organisation got this token: those may have no audience at all. */
export const isOrganizationClient = (claims: Claims): boolean =>
  /^m2morg_/.test(String(claims.sub));

/**
 * Whether a token whose `aud` names this server names another one all the same: by a URL or a
 * `res_…` in `aud` where ours is not beside it, or by `resource`. A slash at the end makes no other
 * server: half of all Server URLs have one too many.
 */
export function isForAnother(claims: Claims, resource: string, resourceId: string): boolean {
  const isOurs = (url: string) => withoutSlash(url) === withoutSlash(resource);
  const audience = [claims.aud].flat().map(String);
  const urls = audience.filter((each) => URL.canParse(each));
  const ids = audience.filter((each) => each.startsWith('res_'));
  if (urls.length > 0 && !urls.some(isOurs)) return true;
  if (ids.length > 0 && !ids.includes(resourceId)) return true;
  return claims.resource !== undefined && !isOurs(String(claims.resource));
}

export const withoutSlash = (url: string): string => url.replace(/\/$/, '');

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
