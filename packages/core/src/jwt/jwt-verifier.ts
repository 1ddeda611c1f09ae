import { base64url, compactVerify } from 'jose';
import { AuthError, ConfigurationError, type ConfigurationProblem } from '../errors.js';
import { ownCopy } from '../own-copy.js';
import type { VerifyContext } from '../provider/auth-provider.js';
import { recent } from '../provider/recent.js';
import { sha256 } from '../sha256.js';
import { MAX_TOKEN_LENGTH } from '../token/presented-token.js';
import { type Rejection, rejection } from '../token/rejection.js';
import { type ClaimRules, judgeClaims } from './jwt-claims.js';
import type { KeySource } from './key-source.js';
import { isCanonicalBase64url, parseJsonObject } from './strict-json.js';

/** Signature algorithms that a token may be verified with. Asymmetric only: a shared secret proves nothing here. */
export type JwtAlgorithm =
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'RS256'
  | 'RS384'
  | 'RS512';

/** How {@link createJwtVerifier} judges the tokens of one issuer. */
export interface JwtVerifierOptions {
  /** The issuer, character by character as in `iss`. Several spellings of one issuer that share its keys may be listed. */
  readonly issuer: string | readonly string[];
  readonly keys: KeySource;
  /** Default: ES256, ES384, EdDSA, Ed25519, PS256, RS256. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /**
   * `at+jwt` (default) demands the header of RFC 9068. `jwt` also accepts `JWT` and no `typ` at all, for issuers that predate it; it
   * then refuses what marks an ID token or a logout token and demands a scope claim and a client claim.
   */
  readonly typ?: 'at+jwt' | 'jwt';
  /** The issuer's own names for the resource, accepted in `aud` beside the resource's URI. Default: none. */
  readonly audience?: readonly string[];
  /** Seconds of skew allowed on `exp` and `nbf`, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /**
   * Claims that must be there beside `iss`, `aud` and `exp`; a list inside the list means one of them.
   * Default: `sub`, `client_id`, `iat`, `jti`; with `typ: 'jwt'`: `sub`, `iat`.
   */
  readonly requiredClaims?: readonly (string | readonly string[])[];
  /** `optional` accepts a token without `kid` where exactly one published key fits. Default `required`. */
  readonly keyId?: 'required' | 'optional';
}

/** A token whose signature and claims hold. */
export interface VerifiedJwt {
  readonly kind: 'verified';
  readonly claims: Readonly<Record<string, unknown>>;
  /** `jti`, or `sha256:` and a digest of the token where `jti` is missing or longer than 256 characters. */
  readonly tokenId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds since the epoch until which the key was known to be published. Absent for local keys. */
  readonly freshUntil?: number;
}

/** Verifies the access tokens of one issuer. */
export interface JwtVerifier {
  /**
   * Verifies one token.
   *
   * @param token - Compact JWS, without the scheme.
   * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when the keys cannot be had.
   */
  verify(token: string, context: VerifyContext): Promise<VerifiedJwt | Rejection>;
}

const known: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
];
const defaultAlgorithms: readonly JwtAlgorithm[] = [
  ...(['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const),
];
/** One of each must be in a token whose header does not say that it is an access token (RFC 9068 §5). */
const accessTokenMarks: ClaimRules['requiredClaims'] = [
  ['scope', 'scp', 'scopes'],
  ['client_id', 'azp', 'cid', 'appid'],
];
/** Claims of ID tokens (OpenID Connect Core §2, §3.3.2.11) and logout tokens (Back-Channel Logout §2.4). */
const otherTokenMarks = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
const MAX_KEY_ID = 512;
/** An issuer signs with few keys at a time. */
const KNOWN_HEADERS = 32;

/**
 * Verifies JWT access tokens against the keys of one issuer.
 *
 * Checks, in order: size and shape, `typ`, `crit`, `alg`, `kid`, signature, `iss`, `aud`, `exp`, `nbf`, `iat`, required claims.
 * `jwk`, `jku`, `x5u` and `x5c` in a header are never looked at: keys come from {@link JwtVerifierOptions.keys} alone.
 * Does NOT check scopes, revocation or a DPoP proof.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 * @see RFC 9068 §4, RFC 8707 §2, RFC 8725 §3
 */
export function createJwtVerifier(options: JwtVerifierOptions): JwtVerifier {
  const { keys, algorithms = defaultAlgorithms, typ = 'at+jwt', keyId = 'required' } = options;
  const { issuer, audience = [], clockTolerance = 5 } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const strict = typ === 'at+jwt';
  const required = options.requiredClaims ?? [
    'sub',
    'iat',
    ...(strict ? ['client_id', 'jti'] : []),
  ];
  const rules: ClaimRules = {
    issuers: typeof issuer === 'string' ? [issuer] : issuer,
    audience,
    clockTolerance,
    requiredClaims: strict ? required : [...required, ...accessTokenMarks],
  };
  const types = strict ? ['at+jwt', 'application/at+jwt'] : ['at+jwt', 'application/at+jwt', 'jwt'];
  const allowed: readonly string[] = algorithms;
  // All tokens of one key share their header, so it is read once.
  const headers = recent<ReturnType<typeof readHeader>>(KNOWN_HEADERS);

  function readHeader(encoded: string): { alg: string; kid?: string } | Rejection {
    const header = parseJsonObject(base64url.decode(encoded));
    if (!header) return rejection('token_malformed', 'The header is not one JSON object.');
    const { typ: type, alg, kid } = header;
    const untyped = type === undefined && !strict;
    if (!untyped && (typeof type !== 'string' || !types.includes(type.toLowerCase()))) {
      return rejection('claims_invalid', `The "typ" header is not ${types.join(' or ')}.`);
    }
    // RFC 7515 §4.1.11: we understand no extension, so none may be critical. `b64` changes what is signed.
    if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
      return rejection('token_malformed', 'The header has an extension that is not supported.');
    }
    if (typeof alg !== 'string' || !allowed.includes(alg)) {
      return rejection('signature_invalid', 'The "alg" header is not an allowed algorithm.');
    }
    if (kid === undefined && keyId === 'optional') return { alg };
    if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID) {
      return rejection('signature_invalid', 'The "kid" header is missing or not a key id.');
    }
    return { alg, kid };
  }

  return {
    async verify(token, context) {
      const shape = shapeProblem(token);
      if (shape) return rejection('token_malformed', shape);
      const encoded = token.slice(0, token.indexOf('.'));
      const header = headers.get(encoded) ?? readHeader(encoded);
      if (headers.get(encoded) === undefined) headers.set(ownCopy(encoded), header);
      if ('kind' in header) return header;

      const answer = await keys.find(header, context.signal);
      if (answer.kind === 'no_key') return rejection('signature_invalid', answer.detail);
      const payload = await signedPayload(token, answer.key, header.alg);
      if (!payload) return rejection('signature_invalid', 'The signature does not hold.');

      const claims = parseJsonObject(payload);
      if (!claims) return rejection('token_malformed', 'The payload is not one JSON object.');
      const fault = judgeClaims(claims, rules, context);
      if (fault) return fault;
      if (!strict && otherTokenMarks.some((mark) => Object.hasOwn(claims, mark))) {
        return rejection('claims_invalid', 'The token is an ID token or a logout token.');
      }
      const { jti, exp } = claims;
      const named = typeof jti === 'string' && jti !== '' && jti.length <= 256;
      return {
        kind: 'verified',
        claims,
        tokenId: named ? jti : `sha256:${await sha256(token)}`,
        expiresAt: Number(exp),
        ...(answer.freshFor === undefined ? {} : { freshUntil: context.now + answer.freshFor }),
      };
    },
  };
}

function shapeProblem(token: string): string | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return 'The token is too long.';
  const parts = token.split('.');
  if (parts.length === 5) return 'The token is encrypted: was this resource asked for?';
  if (parts.length !== 3) return 'The token is not a JWT.';
  return parts.every(isCanonicalBase64url) ? undefined : 'The token is not canonical base64url.';
}

async function signedPayload(
  token: string,
  key: CryptoKey,
  algorithm: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, key, { algorithms: [algorithm] })).payload;
  } catch (error) {
    if (AuthError.isInstance(error)) throw error;
    return undefined;
  }
}

function optionProblems(options: JwtVerifierOptions): readonly ConfigurationProblem[] {
  const { issuer, algorithms, clockTolerance = 0, audience = [], typ = 'at+jwt' } = options;
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });
  const issuers = typeof issuer === 'string' ? [issuer] : (issuer ?? []);
  if (issuers.length === 0 || issuers.some((each) => typeof each !== 'string' || each === '')) {
    report('issuer', 'is missing.', 'Pass the issuer identifier as it stands in "iss".');
  }
  if (algorithms && (algorithms.length === 0 || algorithms.some((alg) => !known.includes(alg)))) {
    report('algorithms', 'must list asymmetric algorithms.', `Choose from ${known.join(', ')}.`);
  }
  if (typ !== 'at+jwt' && typ !== 'jwt') {
    report('typ', 'must be "at+jwt" or "jwt".', 'Leave it out for "at+jwt".');
  }
  if (!(clockTolerance >= 0 && clockTolerance <= 300)) {
    report('clockTolerance', 'must be 0 to 300 seconds.', 'Leave it out for 5 seconds.');
  }
  if (audience.some((name) => typeof name !== 'string' || name === '')) {
    report('audience', 'has an empty name.', 'Pass the issuer’s own names for this resource.');
  }
  return problems;
}
