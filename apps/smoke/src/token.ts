/** A token taken apart. Nothing is verified: these are looks at what a vendor issues. */
export interface SeenToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** @returns `undefined` for what is no JWT. */
export function readToken(token: unknown): SeenToken | undefined {
  if (typeof token !== 'string') return undefined;
  const parts = token.trim().split('.');
  if (parts.length !== 3) return undefined;
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    return typeof header === 'object' && header && typeof claims === 'object' && claims
      ? { header, claims }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names that say nothing about whose tenant it is. A claim of any other name is only counted. */
const known = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'client_id', 'scope', 'scopes'],
  ...['gty', 'permissions', 'roles', 'org_id', 'org_name', 'oid', 'xoid', 'xuid', 'sid', 'cnf'],
  ...['act', 'auth_time', 'acr', 'amr', 'resource', 'authorization_details', 'typ', 'alg', 'kid'],
]);

/**
 * Which claims a token has and of what kind, such as `aud array(2), exp number, scope text`. No
 * values.
 */
export function summary({ header, claims }: SeenToken): string {
  const names = Object.keys(claims).filter((name) => known.has(name));
  const kinds = names.sort().map((name) => `${name} ${kindOf(claims[name])}`);
  const others = Object.keys(claims).length - names.length;
  const type = typeof header.typ === 'string' ? word(header.typ) : 'none';
  const algorithm = typeof header.alg === 'string' ? word(header.alg) : 'none';
  const more = others === 0 ? '' : `, and ${others} of other names`;
  return `typ ${type}, alg ${algorithm}; ${kinds.join(', ')}${more}`;
}

/** A short word of the standards, or its absence. */
export const word = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z0-9+_-]{1,20}$/.test(value) ? value : kindOf(value);

/** What a value is, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array(${value.length})`;
  return typeof value === 'string' ? 'text' : typeof value;
}

/** The members of an array; none where the value is something else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Those of them that are objects. */
export const objects = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  list(value).filter(
    (each): each is Record<string, unknown> => typeof each === 'object' && each !== null,
  );
