import { base64url } from 'jose';
import { ConfigurationError, type ConfigurationProblem } from '../errors.js';
import { ownCopy } from '../own-copy.js';
import type { VerifyContext } from '../provider/auth-provider.js';
import { recent } from '../provider/recent.js';
import { sha256 } from '../sha256.js';
import { MAX_TOKEN_LENGTH } from '../token/presented-token.js';
import { type Rejection, rejection } from '../token/rejection.js';
import { algorithmProblems, defaultAlgorithms, type JwtAlgorithm } from './algorithms.js';
import { type AudienceRule, type ClaimRules, judgeClaims } from './jwt-claims.js';
import type { KeySource } from './key-source.js';
import { type SignatureCheck, signatureCheck } from './signature-check.js';
import { isCanonicalBase64url, parseJsonObject } from './strict-json.js';

/** What a header has to say that a token is. */
type TokenType = 'at+jwt' | 'jwt' | 'oauth-id-jag+jwt';

/** How {@link createJwtVerifier} judges the tokens of one issuer. */
export interface JwtVerifierOptions {
  /** The issuer, character by character as in `iss`. Several spellings of one issuer that share its keys may be listed. */
  readonly issuer: string | readonly string[];
  /** The issuer's keys; or, where they are in the hands of a vendor's own library, the check that it offers. */
  readonly keys: KeySource | SignatureCheck;
  /** Default: ES256, ES384, EdDSA, Ed25519, PS256, RS256. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /**
   * `at+jwt` (default) demands the header of RFC 9068. `jwt` also accepts `JWT` and no `typ` at all, for issuers that predate it; it
   * then refuses what marks an ID token or a logout token, and demands a scope claim and a client claim by default. `oauth-id-jag+jwt`
   * is for authorization servers: it demands the header of an identity assertion that is presented as a grant, and takes no access token.
   */
  readonly typ?: TokenType;
  /** The issuer's own names for the resource, accepted in `aud` beside the resource's URI; or another rule. Default: none. */
  readonly audience?: AudienceRule;
  /** Seconds of skew allowed on `exp` and `nbf`, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /**
   * Claims that must be there beside `iss`, `aud` and `exp`; a list inside the list means one of them.
   * Default: `sub`, `client_id`, `iat`, `jti`; with `typ: 'jwt'`: `sub`, `iat`, one of `scope`, `scp`, `scopes` and one of
   * `client_id`, `azp`, `cid`, `appid`. A list of your own replaces all of these: leave something in it that no ID token has.
   */
  readonly requiredClaims?: readonly (string | readonly string[])[];
  /** Claims that must have one of these values, such as `token_use`. Default: none. */
  readonly claimValues?: Readonly<Record<string, readonly string[]>>;
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

/** Where the header does not say that it is an access token, its claims have to (RFC 9068 §5). */
const required: Readonly<Record<TokenType, ClaimRules['requiredClaims']>> = {
  'at+jwt': ['sub', 'iat', 'client_id', 'jti'],
  'oauth-id-jag+jwt': ['sub', 'iat', 'client_id', 'jti'],
  jwt: ['sub', 'iat', ['scope', 'scp', 'scopes'], ['client_id', 'azp', 'cid', 'appid']],
};
/** The type that marks what is asked for. Of an access token others may do, where the issuer predates RFC 9068. */
const marks: Readonly<Record<TokenType, string>> = {
  'at+jwt': 'at+jwt',
  jwt: 'at+jwt',
  'oauth-id-jag+jwt': 'oauth-id-jag+jwt',
};
/** Claims of ID tokens (OpenID Connect Core §2, §3.3.2.11) and logout tokens (Back-Channel Logout §2.4). */
const otherTokenMarks = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** What is needed of a header that is in order. */
interface Header {
  readonly kind: 'header';
  /** Whether it says that this is what was asked for (RFC 9068 §2.1). */
  readonly typed: boolean;
  readonly alg: string;
  readonly kid?: string;
}

const MAX_KEY_ID = 512;
/** An issuer signs with few keys at a time. */
const KNOWN_HEADERS = 32;

/**
 * Verifies JWT access tokens against the keys of one issuer.
 *
 * Checks, in order: size and shape, a `typ` that no access token has, `crit`, `alg`, `kid`, signature, `iss`, `aud`, `exp`, `nbf`,
 * `iat`, required claims, required values, whether it is an access token at all. Every issuer's tokens are judged in this order, so
 * that a token with two faults gets one answer whoever verifies it.
 * `jwk`, `jku`, `x5u` and `x5c` in a header are never looked at: keys come from {@link JwtVerifierOptions.keys} alone.
 * Does NOT check scopes, revocation or a DPoP proof.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 * @see RFC 9068 §4, RFC 8707 §2, RFC 8725 §3
 */
export function createJwtVerifier(options: JwtVerifierOptions): JwtVerifier {
  const { keys, algorithms = defaultAlgorithms, typ = 'at+jwt', keyId = 'required' } = options;
  const { issuer, audience = [], clockTolerance = 5, claimValues = {} } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const signatures = 'check' in keys ? keys : signatureCheck(keys);
  const rules: ClaimRules = {
    issuers: typeof issuer === 'string' ? [issuer] : issuer,
    audience,
    clockTolerance,
    requiredClaims: options.requiredClaims ?? required[typ],
    claimValues,
  };
  const allowed: readonly string[] = algorithms;
  // All tokens of one key share their header, so it is read once.
  const headers = recent<ReturnType<typeof readHeader>>(KNOWN_HEADERS);

  function readHeader(encoded: string): Header | Rejection {
    const header = parseJsonObject(base64url.decode(encoded));
    if (!header) return rejection('token_malformed', 'The header is not one JSON object.');
    const { typ: type = 'jwt', alg, kid } = header;
    const lowered = typeof type === 'string' ? type.toLowerCase() : undefined;
    const typed = lowered === marks[typ] || lowered === `application/${marks[typ]}`;
    if (!typed && lowered !== 'jwt') {
      const what = typ === 'oauth-id-jag+jwt' ? 'identity assertion' : 'access token';
      return rejection('claims_invalid', `The "typ" header is not one of an ${what}.`);
    }
    // RFC 7515 §4.1.11: we understand no extension, so none may be critical. `b64` changes what is signed.
    if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
      return rejection('token_malformed', 'The header has an extension that is not supported.');
    }
    if (typeof alg !== 'string' || !allowed.includes(alg)) {
      return rejection('signature_invalid', 'The "alg" header is not an allowed algorithm.');
    }
    if (kid === undefined && keyId === 'optional') return { kind: 'header', typed, alg };
    if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID) {
      return rejection('signature_invalid', 'The "kid" header is missing or not a key id.');
    }
    return { kind: 'header', typed, alg, kid };
  }

  return {
    async verify(token, context) {
      const shape = shapeProblem(token);
      if (shape) return rejection('token_malformed', shape);
      const encoded = token.slice(0, token.indexOf('.'));
      const header = headers.get(encoded) ?? readHeader(encoded);
      if (headers.get(encoded) === undefined) headers.set(ownCopy(encoded), header);
      if (header.kind === 'rejection') return header;

      const { typed, kind: _, ...query } = header;
      const answer = await signatures.check(token, query, context.signal);
      if (answer.kind === 'refused') return rejection('signature_invalid', answer.detail);

      const claims = parseJsonObject(base64url.decode(token.split('.')[1] ?? ''));
      if (!claims) return rejection('token_malformed', 'The payload is not one JSON object.');
      const fault = judgeClaims(claims, rules, context);
      if (fault) return fault;
      if (!typed && typ !== 'jwt') {
        return rejection('claims_invalid', `The "typ" header is not ${typ}.`);
      }
      if (typ === 'jwt' && otherTokenMarks.some((mark) => Object.hasOwn(claims, mark))) {
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

function optionProblems(options: JwtVerifierOptions): readonly ConfigurationProblem[] {
  const { issuer, algorithms, clockTolerance = 0, audience = [], typ = 'at+jwt' } = options;
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });
  const issuers = typeof issuer === 'string' ? [issuer] : (issuer ?? []);
  if (issuers.length === 0 || issuers.some((each) => typeof each !== 'string' || each === '')) {
    report('issuer', 'is missing.', 'Pass the issuer identifier as it stands in "iss".');
  }
  problems.push(...algorithmProblems(algorithms));
  if (!Object.hasOwn(marks, typ)) {
    const problem = 'must be "at+jwt", "jwt" or "oauth-id-jag+jwt".';
    report('typ', problem, 'Leave it out for "at+jwt".');
  }
  // Text would be appended to a date, and so postpone "nbf" for ever.
  const isNumber = typeof clockTolerance === 'number';
  if (!(isNumber && clockTolerance >= 0 && clockTolerance <= 300)) {
    report('clockTolerance', 'must be 0 to 300 seconds.', 'Leave it out for 5 seconds.');
  }
  const names = 'claim' in audience ? [audience.claim, ...audience.oneOf] : audience;
  if (names.some((name) => typeof name !== 'string' || name === '')) {
    report('audience', 'has an empty name.', 'Pass the issuer’s own names for this resource.');
  }
  if ('claim' in audience && audience.oneOf.length === 0) {
    report('audience', 'accepts no value.', 'List the values of the claim in "oneOf".');
  }
  return problems;
}
