import type { Principal, Rejection } from '@portcullis/core';
import { rejection } from '@portcullis/core';
import type { ClaimMapping, GrantReader } from '@portcullis/core/jwt';

type Claims = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** `client_id` in the dialects of RFC 9068, `azp` in those of Auth0. */
const clientIdOf = ({ client_id: clientId, azp }: Claims): string | undefined =>
  text(clientId) ?? text(azp);

/** Where tokens of Auth0 keep what a principal is made of. Pure functions of verified claims. */
export function auth0Claims(grants: GrantReader): ClaimMapping {
  return {
    clientId: clientIdOf,
    grants: grants.read,
    actor: actorOf,
    tenant: ({ org_id: organization }) => text(organization),
  };
}

/**
 * Whether a client acts for itself. The dialects of RFC 9068 have no `gty`, so the subject says it:
 * `<client id>@clients` for machines, `agt_…` for agents. People have a connection and a bar in
 * front of their id: `auth0|…`.
 */
function actorOf(claims: Claims): Principal['actor'] {
  const { sub, gty } = claims;
  const byGrant = [gty].flat().includes('client-credentials');
  const itself =
    typeof sub === 'string' &&
    (/^[^|]*@clients$|^agt_[^|]*$/.test(sub) || sub === clientIdOf(claims));
  return byGrant || itself ? 'client' : 'user';
}

/**
 * What no token of a tenant in order has.
 *
 * A person's id can be of the person's choosing, with a custom database for one: `auth0|me@clients`
 * is neither the machine that it ends like nor, to anybody who looks at that end, a person.
 */
export function contradiction(claims: Claims): Rejection | undefined {
  const { sub, client_id: clientId, azp } = claims;
  if (typeof sub === 'string' && sub.includes('|') && sub.endsWith('@clients')) {
    return rejection('claims_invalid', 'The subject is a person’s and ends like a machine’s.');
  }
  if (text(clientId) && text(azp) && clientId !== azp) {
    return rejection('claims_invalid', 'The claims client_id and azp name two clients.');
  }
  return undefined;
}
