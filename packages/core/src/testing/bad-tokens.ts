import type { RejectionCode } from '../token/rejection.js';

/** What a bad token is made from. */
export interface BadTokenTools {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly issuer: string;
  /** Public key of the issuer, as PEM. */
  readonly publicKey: string;
  /** A good token, save for what is given: a claim or header of `undefined` is left out. */
  mint(change?: TokenChange): Promise<string>;
}

/** How a token differs from a good one. */
export interface TokenChange {
  /** `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `undefined` leaves a header out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** `issuer` (default): the issuer's own key. `stranger`: a key that it never published. */
  readonly signedBy?: 'issuer' | 'stranger';
}

/** A token that has to be refused. */
export interface BadToken {
  /** What `verify` has to answer. */
  readonly code: RejectionCode;
  make(tools: BadTokenTools): Promise<string>;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const changed = (code: RejectionCode, change: (tools: BadTokenTools) => TokenChange): BadToken => ({
  code,
  make: (tools) => tools.mint(change(tools)),
});

async function unsigned(tools: BadTokenTools, alg: string, signature: string): Promise<string> {
  const [, payload] = (await tools.mint()).split('.');
  return `${encode({ alg, typ: 'at+jwt', kid: 'key-1' })}.${payload}.${signature}`;
}

/** The classic: the public key, which everybody has, taken as a shared secret. */
async function signedWithPublicKey(tools: BadTokenTools): Promise<string> {
  const { createHmac } = await import('node:crypto');
  const [head, payload] = (await unsigned(tools, 'HS256', '')).split('.');
  const signature = createHmac('sha256', tools.publicKey).update(`${head}.${payload}`);
  return `${head}.${payload}.${signature.digest('base64url')}`;
}

async function tampered(tools: BadTokenTools): Promise<string> {
  const [head, payload = '', signature] = (await tools.mint()).split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return `${head}.${encode({ ...claims, scope: 'mcp:exec:workflows:*' })}.${signature}`;
}

/** Names of the bad tokens that every provider refuses. */
export type BadTokenKind =
  | 'not_a_jwt'
  | 'alg_none'
  | 'hmac_with_public_key'
  | 'wrong_key'
  | 'unknown_key'
  | 'tampered'
  | 'wrong_type'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'no_audience'
  | 'expired'
  | 'no_expiry'
  | 'expiry_not_a_number'
  | 'not_yet_valid'
  | 'issued_ahead'
  | 'no_subject'
  | 'no_client'
  | 'id_token';

/** The bad tokens, each with the code that a provider answers. */
export const badTokens: Readonly<Record<BadTokenKind, BadToken>> = {
  not_a_jwt: { code: 'token_malformed', make: async () => 'opaque-token-of-somebody' },
  alg_none: { code: 'signature_invalid', make: (tools) => unsigned(tools, 'none', 'AA') },
  hmac_with_public_key: { code: 'signature_invalid', make: signedWithPublicKey },
  wrong_key: changed('signature_invalid', () => ({ signedBy: 'stranger' })),
  unknown_key: changed('signature_invalid', () => ({
    signedBy: 'stranger',
    header: { kid: 'never-published' },
  })),
  tampered: { code: 'signature_invalid', make: tampered },
  wrong_type: changed('claims_invalid', () => ({ header: { typ: 'dpop+jwt' } })),
  wrong_issuer: changed('issuer_unknown', ({ issuer }) => ({ claims: { iss: `${issuer}/other` } })),
  wrong_audience: changed('audience_mismatch', () => ({
    claims: { aud: 'https://other.example.com/mcp' },
  })),
  no_audience: changed('audience_mismatch', () => ({ claims: { aud: undefined } })),
  expired: changed('token_expired', ({ now }) => ({ claims: { exp: now - 3600 } })),
  no_expiry: changed('claims_invalid', () => ({ claims: { exp: undefined } })),
  expiry_not_a_number: changed('claims_invalid', ({ now }) => ({ claims: { exp: `${now + 60}` } })),
  not_yet_valid: changed('token_not_yet_valid', ({ now }) => ({ claims: { nbf: now + 3600 } })),
  issued_ahead: changed('token_not_yet_valid', ({ now }) => ({ claims: { iat: now + 3600 } })),
  no_subject: changed('claims_invalid', () => ({ claims: { sub: undefined } })),
  no_client: changed('claims_invalid', () => ({ claims: { client_id: undefined } })),
  id_token: changed('claims_invalid', () => ({
    header: { typ: 'JWT' },
    claims: { nonce: 'n', scope: undefined },
  })),
};
