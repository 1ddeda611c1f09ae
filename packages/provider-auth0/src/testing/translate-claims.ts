import { clientClaimOf } from './access-token.js';
import type { TokenDialect } from './tenant.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Claims with changes that are named as in RFC 9068: one that names the client replaces the
 * dialect's own.
 */
export function translateClaims(claims: Claims, change: Claims, dialect: TokenDialect): Claims {
  if (!Object.hasOwn(change, 'client_id')) return { ...claims, ...change };
  const { client_id: clientId, ...others } = change;
  return { ...claims, [clientClaimOf(dialect)]: clientId, ...others };
}
