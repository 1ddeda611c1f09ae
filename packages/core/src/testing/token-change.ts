/**
 * How a token differs from a good one. Claims have the names of RFC 9068; an issuer with names of its own translates
 * them: a claim that is named here replaces every claim of that issuer that carries its meaning.
 */
export interface TokenChange {
  /** `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `undefined` leaves a header out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** `issuer` (default): the issuer's own key. `stranger`: a key that it never published. */
  readonly signedBy?: 'issuer' | 'stranger';
  /**
   * `unsigned`: `alg` is `none`. `hmac`: HS256, keyed with the PEM text of the public key. `tampered`: the payload was
   * changed after it was signed.
   */
  readonly forge?: 'unsigned' | 'hmac' | 'tampered';
}

/**
 * Both changes in one.
 *
 * @returns `undefined` where they contradict each other: they give one member two values, or a forgery that nobody
 * signs a signer.
 */
export function combineChanges(one: TokenChange, other: TokenChange): TokenChange | undefined {
  const claims = merged(one.claims ?? {}, other.claims ?? {});
  const header = merged(one.header ?? {}, other.header ?? {});
  if (!claims || !header) return undefined;
  if (one.forge !== undefined && other.forge !== undefined) return undefined;
  const forge = one.forge ?? other.forge;
  const signedBy = one.signedBy ?? other.signedBy;
  if (signedBy === 'stranger' && (forge === 'unsigned' || forge === 'hmac')) return undefined;
  return {
    claims,
    header,
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(forge === undefined ? {} : { forge }),
  };
}

function merged(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const contradict = Object.keys(one).some(
    (name) => Object.hasOwn(other, name) && !Object.is(one[name], other[name]),
  );
  return contradict ? undefined : { ...one, ...other };
}
