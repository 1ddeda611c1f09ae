import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { ConfigurationProblem } from '@portcullis/core';
import { isScopeToken } from '@portcullis/core';
import { JWT_BEARER, type TOKEN_EXCHANGE } from '../grants/grant-types.js';
import { shapeProblems } from './client-shape.js';
import { isLoopbackRedirect, privateScheme, redirectProblem } from './redirect-uri.js';

/** How a client proves at the token endpoint that it is the one. */
export type ClientAuthentication =
  /** A public client: nothing but its redirect URI and PKCE speak for it. */
  | { readonly method: 'none' }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly secret: string;
      /** The secret before this one, valid beside it while the client changes over. Default: none. */
      readonly previous?: PreviousSecret;
    }
  /** Signed assertions (RFC 7523); the set holds public keys only. While the client changes over, it holds the old and the new one. */
  | { readonly method: 'private_key_jwt'; readonly jwks: { readonly keys: readonly object[] } };

/** A secret on its way out. */
export interface PreviousSecret {
  readonly secret: string;
  /** When it ends: a date and time of ISO 8601 with its offset, such as `2027-01-31T00:00:00Z`. */
  readonly until: string;
}

/** Grants that a client may be given. */
export type ClientGrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  /** For assertions about people, by one of `identityProviders`. */
  | 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A client that the operator set up. */
export interface RegisteredClient {
  /** Never starts with `https:` or `dcr_`, and never equals the subject of a person. */
  readonly clientId: string;
  /** What the consent page calls it. */
  readonly name: string;
  /** Exact, save for the port of a loopback one. Needed for `authorization_code`. */
  readonly redirectUris?: readonly string[];
  /** Default: `authorization_code` and `refresh_token` with redirect URIs, `client_credentials` without. */
  readonly grantTypes?: readonly ClientGrantType[];
  /** The most that the client can ever have. A request for more is narrowed to it. */
  readonly scopes: readonly string[];
  readonly authentication: ClientAuthentication;
  /** Whether token requests without a proof are refused, so that all its tokens are bound (RFC 9449 §5.2). Default false; needs `dpop`. */
  readonly dpopBoundAccessTokens?: boolean;
}

/** A client as it is known here: MCP servers that exchange tokens are clients too. */
export interface KnownClient extends Omit<RegisteredClient, 'grantTypes'> {
  readonly grantTypes?: readonly (ClientGrantType | typeof TOKEN_EXCHANGE)[];
}

/** The shortest secret in characters: 128 bits in base64url have 22. */
const SHORTEST_SECRET = 22;

/** What of a JWK is nobody's business but its owner's. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** RFC 6749 §A.2; beyond ASCII, two programs may not mean the same bytes. */
const secretCharacters = /^[\x20-\x7e]*$/;

/** No program on this computer is redirected to so: it has no certificate. */
const httpsLoopback = /^https:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?=[:/?]|$)/i;

/** The grants of a client, spelled out. */
export function grantTypesOf(client: RegisteredClient): readonly ClientGrantType[];
export function grantTypesOf(client: KnownClient): NonNullable<KnownClient['grantTypes']>;
export function grantTypesOf(client: KnownClient): NonNullable<KnownClient['grantTypes']> {
  return (
    client.grantTypes ??
    (client.redirectUris?.length ? ['authorization_code', 'refresh_token'] : ['client_credentials'])
  );
}

type Report = (member: string, problem: string, remedy: string) => void;

/** What is wrong with the clients of the operator; of callers without TypeScript, also what is missing. */
export function clientProblems(
  clients: readonly RegisteredClient[],
  schemes: ReadonlySet<string>,
): readonly ConfigurationProblem[] {
  const seen = new Set<string>();
  return clients.flatMap((client, index) => {
    const problems: ConfigurationProblem[] = [];
    const report: Report = (member, problem, remedy) =>
      problems.push({ option: `clients[${index}]${member}`, problem, remedy });

    if (typeof client !== 'object' || client === null) {
      report('', 'is no client.', 'Give its clientId, name, scopes and authentication.');
      return problems;
    }
    problems.push(...shapeProblems(client, `clients[${index}]`));
    if (problems.length > 0) return problems;
    const { clientId = '', name = '', scopes }: Partial<RegisteredClient> = client;
    if (!/^[\x21-\x7e]{1,256}$/.test(clientId) || /^(https?:|dcr_)/i.test(clientId)) {
      report(
        '.clientId',
        `must be 1 to 256 visible ASCII characters and start neither with "https:" nor with "dcr_"; got ${JSON.stringify(clientId)}.`,
        'Choose a short name such as "nightly-report".',
      );
    }
    if (seen.has(clientId)) {
      report('.clientId', `"${clientId}" is used twice.`, 'Give each client its own.');
    }
    seen.add(clientId);
    if (name.trim() === '') report('.name', 'is empty.', 'Say what the consent page calls it.');

    const grants = grantTypesOf(client);
    const redirects = client.redirectUris ?? [];
    if (grants.includes('authorization_code') && redirects.length === 0) {
      report('.redirectUris', 'is empty.', 'A client that signs people in needs at least one.');
    }
    for (const uri of redirects) {
      const problem = redirectProblem(uri, schemes);
      if (problem) report('.redirectUris', `has "${uri}", which ${problem}.`, 'Correct it.');
    }
    if (redirects.some((uri) => isLoopbackRedirect(uri) || privateScheme(uri))) {
      for (const uri of redirects.filter((uri) => httpsLoopback.test(uri))) {
        const problem = `has "${uri}" beside redirects of a program, which never goes by https: to itself.`;
        report('.redirectUris', problem, 'Give it to a client of its own.');
      }
    }
    if (!Array.isArray(scopes)) {
      report('.scopes', 'is missing.', 'List the most that the client can ever have.');
    }
    for (const scope of scopes ?? []) {
      if (!isScopeToken(scope)) {
        report('.scopes', `has ${JSON.stringify(scope)}, which is no scope.`, 'Correct it.');
      }
    }
    reportAuthentication(client.authentication, grants, report);
    return problems;
  });
}

function reportAuthentication(
  authentication: ClientAuthentication | undefined,
  grants: NonNullable<KnownClient['grantTypes']>,
  report: Report,
): void {
  switch (authentication?.method) {
    case 'none':
      if (!grants.includes('client_credentials') && !grants.includes(JWT_BEARER)) return;
      report(
        '.authentication',
        'is "none" for a client that acts for itself or by assertions.',
        'Use private_key_jwt or a secret.',
      );
      return;
    case 'client_secret_basic':
    case 'client_secret_post':
      reportSecrets(authentication, report);
      return;
    case 'private_key_jwt': {
      const keys = authentication.jwks?.keys ?? [];
      if (keys.length === 0) {
        report('.authentication.jwks', 'is empty.', 'Add the public key of the client.');
      }
      if (keys.some((key) => privateMembers.some((member) => member in key))) {
        report(
          '.authentication.jwks',
          'holds a private or symmetric key.',
          'Leave the private part with the client.',
        );
      } else if (!keys.every(isPublicKey)) {
        report('.authentication.jwks', 'holds what is no key.', 'Correct it (RFC 7517 §4).');
      }
      return;
    }
    default:
      report(
        '.authentication',
        'names no method that this server knows.',
        'Use private_key_jwt, client_secret_basic, client_secret_post or none.',
      );
  }
}

function isPublicKey(key: object): boolean {
  try {
    return createPublicKey({ key: key as JsonWebKey, format: 'jwk' }).type === 'public';
  } catch {
    return false;
  }
}

function reportSecrets(
  { secret, previous }: Extract<ClientAuthentication, { readonly secret: string }>,
  report: Report,
): void {
  const secrets = {
    secret,
    ...(previous === undefined ? {} : { 'previous.secret': previous.secret }),
  };
  for (const [member, value] of Object.entries(secrets)) {
    const remedy = 'Generate it: openssl rand -base64 32.';
    if (typeof value !== 'string' || value.length < SHORTEST_SECRET) {
      const problem = `is shorter than ${SHORTEST_SECRET} characters.`;
      report(`.authentication.${member}`, problem, remedy);
    } else if (!secretCharacters.test(value)) {
      report(`.authentication.${member}`, 'is not visible ASCII characters only.', remedy);
    }
  }
  if (previous === undefined) return;
  if (previous.secret === secret) {
    report(
      '.authentication.previous',
      'is the current secret.',
      'Put the new one into "secret", or leave "previous" out.',
    );
  }
  const { until = '' } = previous;
  if (!/^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(until) || Number.isNaN(Date.parse(until))) {
    report(
      '.authentication.previous.until',
      'is no date and time with an offset.',
      'Write it as "2027-01-31T00:00:00Z".',
    );
  }
}
