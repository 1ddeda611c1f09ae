import { type ConfigurationProblem, identifierProblems } from '@portcullis/core';
import type { JWK } from 'jose';
import { wholeNumberProblems } from '../whole-number.js';

/** What the upstream provider says about a person: the claims of its ID token, and of its user info where it has that. Verified. */
export interface UpstreamClaims {
  readonly iss: string;
  readonly sub: string;
  readonly [name: string]: unknown;
}

/** Who a person is here. */
export interface UpstreamMapping {
  /**
   * The `sub` of this person's tokens, at most 255 visible ASCII characters. It must never pass to somebody else, which e-mail addresses
   * and user names do. Default: `upstream:` and a hash of `iss` and `sub`.
   */
  readonly subject?: string;
  /** What the pages call the person. Default: `name`, `preferred_username` or `email`. */
  readonly displayName?: string;
  /** The most that this person can allow a client. Default: everything. */
  readonly scopes?: readonly string[];
}

/** Settings of {@link upstreamAccounts}. */
export interface UpstreamAccountsOptions {
  /** The issuer identifier of the upstream provider, as its discovery document spells it. HTTPS, or `http:` on loopback. */
  readonly issuer: string;
  /**
   * What this server is called there. Register the redirect URI `<our issuer>/upstream/callback` with it, and `<our issuer>/upstream/logout`
   * as its back-channel logout URI, if a sign-out there is to end access here.
   */
  readonly clientId: string;
  /** Exactly one of this and `privateKey`. Sent as the upstream provider's metadata wants it: in the header, or else in the form. */
  readonly clientSecret?: string;
  /** A private JWK with `alg`, asymmetric, and `kid` if the upstream provider knows it by one: for `private_key_jwt`. */
  readonly privateKey?: JWK;
  /** What the button says that people continue with, such as `Acme SSO`. At most 60 characters. */
  readonly name: string;
  /**
   * What the upstream provider is asked for. Default `openid profile email`. With `offline_access` it is asked again while a person is
   * away, and what it has ended ends here too.
   */
  readonly scopes?: readonly string[];
  /**
   * Who a person is here. `undefined` turns the person away; what it throws is a failure and no verdict. Asked at each sign-in, and
   * whenever an ID token comes with a renewal. Default: everybody whom the upstream provider signs in may allow everything.
   */
  readonly account?: (
    claims: UpstreamClaims,
  ) => UpstreamMapping | undefined | Promise<UpstreamMapping | undefined>;
  /** With `offline_access`: how many minutes may pass until a refresh here asks there, 1 to 1,440. Default 15. */
  readonly recheckMinutes?: number;
  /** Milliseconds that one request may take, 100 to 10,000. Default 5000. */
  readonly timeoutMs?: number;
}

/** Algorithms that a private key may sign with. */
const signing = /^(ES(256|384|512)|PS(256|384|512)|RS(256|384|512)|EdDSA|Ed25519)$/;

/** What is wrong with the options, all of it. Never shows a secret. */
export function upstreamProblems(
  options: UpstreamAccountsOptions,
): readonly ConfigurationProblem[] {
  const { issuer, clientId, clientSecret, privateKey, name, account } = options;
  const { scopes = ['openid'], recheckMinutes = 15, timeoutMs = 5000 } = options;
  const wrong = (fine: boolean, option: string, problem: string, remedy: string) =>
    fine ? [] : [{ option, problem, remedy }];
  return [
    ...identifierProblems(
      'upstream.issuer',
      issuer,
      'Copy "issuer" from the discovery document of the upstream provider.',
    ),
    ...wrong(
      typeof clientId === 'string' && clientId !== '',
      'upstream.clientId',
      'is missing.',
      'Register this server with the upstream provider and copy what it is called there.',
    ),
    ...wrong(
      (typeof clientSecret === 'string' && clientSecret !== '') !== (privateKey !== undefined),
      'upstream.clientSecret',
      'must be given, unless "privateKey" is, and not with it.',
      'Give exactly one of "clientSecret" and "privateKey".',
    ),
    ...wrong(
      privateKey === undefined ||
        (signing.test(String(privateKey?.alg)) && typeof privateKey?.d === 'string'),
      'upstream.privateKey',
      'is not a private JWK with an asymmetric "alg".',
      'Export the private key as a JWK and add "alg", such as "ES256".',
    ),
    ...wrong(
      typeof name === 'string' && name.trim() !== '' && [...name].length <= 60,
      'upstream.name',
      'must have 1 to 60 characters.',
      'Write what people call the upstream provider, such as "Acme SSO".',
    ),
    ...wrong(
      Array.isArray(scopes) &&
        scopes.includes('openid') &&
        scopes.every((scope) => /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/.test(String(scope))),
      'upstream.scopes',
      'must be a list of scopes with "openid" among them.',
      'Leave it out for ["openid", "profile", "email"].',
    ),
    ...wrong(
      account === undefined || typeof account === 'function',
      'upstream.account',
      'is not a function.',
      'Give a function from claims to { subject?, displayName?, scopes? } or undefined.',
    ),
    ...wholeNumberProblems(
      'upstream.recheckMinutes',
      recheckMinutes,
      [1, 1440],
      'Leave it out for 15 minutes.',
    ),
    ...wholeNumberProblems(
      'upstream.timeoutMs',
      timeoutMs,
      [100, 10_000],
      'Leave it out for five seconds.',
    ),
  ];
}
