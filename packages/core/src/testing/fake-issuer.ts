import { randomUUID } from 'node:crypto';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose';
import { createJwtVerifier, type JwtVerifierOptions } from '../jwt/jwt-verifier.js';
import { type ClaimMapping, principalFromJwt } from '../jwt/principal-from-jwt.js';
import { createRemoteKeys, type RemoteKeysOptions } from '../jwt/remote-keys.js';
import type { AuthProvider } from '../provider/auth-provider.js';
import { type BadTokenKind, badTokens, type TokenChange } from './bad-tokens.js';
import { type IssuerFault, startIssuerServer } from './issuer-server.js';

/** How a {@link FakeIssuer} is set up. */
export interface FakeIssuerOptions {
  /** Put into `aud` of every good token. Default `https://mcp.example.com/mcp`. */
  readonly resource?: string;
  /** Default `ES256`. */
  readonly algorithm?: 'ES256' | 'RS256' | 'EdDSA';
  /** The issuer's path on its origin, such as `/tenant`. Default: none. */
  readonly path?: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** How the provider of a {@link FakeIssuer} is set up. */
export interface FakeIssuerProviderOptions
  extends Pick<JwtVerifierOptions, 'audience' | 'typ' | 'clockTolerance' | 'requiredClaims'> {
  readonly mapping?: ClaimMapping;
  readonly keys?: Omit<RemoteKeysOptions, 'issuer' | 'jwksUri'>;
}

/** An issuer for tests: real HTTP on loopback, real keys, real signatures. It asks nobody before it mints. */
export interface FakeIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly resource: string;
  /** Requests answered or let hang so far. `redirected` counts redirects that somebody followed. */
  readonly fetches: {
    readonly metadata: number;
    readonly keys: number;
    readonly redirected: number;
  };
  /** A token that holds for five minutes: a user `user-1` with client `client-1` and no scopes, save for what is given. */
  mint(change?: TokenChange & { readonly scopes?: readonly string[] }): Promise<string>;
  /** A token that a client got for itself. */
  mintForClient(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** A token that has to be refused. */
  mintBad(kind: BadTokenKind): Promise<string>;
  /** Signs any bytes as a JWS with the current key; header and payload go out exactly as they are given. */
  sign(header: string, payload: string): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless `withdraw` is set. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  /** Published beside our own keys, for sets that hold what they should not. */
  publish(...keys: readonly JWK[]): void;
  /** Breaks both documents, or the key set alone. */
  breakWith(fault: IssuerFault, only?: 'keys'): void;
  repair(): void;
  /** A provider that verifies this issuer's tokens over HTTP, made of `createJwtVerifier` and `createRemoteKeys`. */
  provider(options?: FakeIssuerProviderOptions): AuthProvider;
  close(): Promise<void>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** Starts an issuer on a free port of 127.0.0.1. Close it when the test is over. */
export async function createFakeIssuer(options: FakeIssuerOptions = {}): Promise<FakeIssuer> {
  const { resource = 'https://mcp.example.com/mcp', algorithm = 'ES256', path = '' } = options;
  const { clock = Date.now } = options;
  let made = 0;

  async function makeKey(): Promise<SigningKey> {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    made += 1;
    const kid = `key-${made}`;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: algorithm };
    return { kid, ...pair, jwk };
  }

  let current = await makeKey();
  const stranger = await makeKey();
  let published: readonly JWK[] = [current.jwk];
  const server = await startIssuerServer({ path, keys: () => published });
  const { issuer } = server;

  function signWith(key: SigningKey, header: Readonly<Record<string, unknown>>, claims: object) {
    const alg = typeof header.alg === 'string' ? header.alg : algorithm;
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ ...header, alg })
      .sign(key.privateKey);
  }

  const fake: FakeIssuer = {
    issuer,
    jwksUri: server.jwksUri,
    resource,
    fetches: server.fetches,

    mint({ claims, header, signedBy = 'issuer', scopes = [] } = {}) {
      const now = Math.floor(clock() / 1000);
      const good = {
        ...{ iss: issuer, aud: resource, sub: 'user-1', client_id: 'client-1', jti: randomUUID() },
        ...{ iat: now, exp: now + 300, scope: scopes.join(' ') },
      };
      const key = signedBy === 'issuer' ? current : stranger;
      return signWith(key, { typ: 'at+jwt', kid: current.kid, ...header }, { ...good, ...claims });
    },
    mintForClient: (clientId, scopes = []) =>
      fake.mint({ claims: { sub: clientId, client_id: clientId }, scopes }),
    async mintBad(kind) {
      const now = Math.floor(clock() / 1000);
      const publicKey = await exportSPKI(current.publicKey);
      return badTokens[kind].make({ now, issuer, publicKey, mint: fake.mint });
    },
    async sign(header, payload) {
      const input = [header, payload].map((part) => Buffer.from(part).toString('base64url'));
      const parameters =
        algorithm === 'ES256'
          ? { name: 'ECDSA', hash: 'SHA-256' }
          : algorithm === 'RS256'
            ? 'RSASSA-PKCS1-v1_5'
            : 'Ed25519';
      const bytes = new TextEncoder().encode(input.join('.'));
      const signature = await crypto.subtle.sign(parameters, current.privateKey, bytes);
      return [...input, Buffer.from(signature).toString('base64url')].join('.');
    },
    async rotate({ withdraw = false } = {}) {
      const previous = current;
      current = await makeKey();
      const kept = published.filter((jwk) => !withdraw || jwk !== previous.jwk);
      published = [...kept, current.jwk];
    },
    publish(...keys) {
      published = [...published, ...keys];
    },
    breakWith: server.breakWith,
    repair: server.repair,
    provider({ mapping = {}, keys: keyOptions = {}, ...verifying } = {}) {
      const keys = createRemoteKeys({ ...keyOptions, issuer });
      const verifier = createJwtVerifier({ issuer, keys, ...verifying });
      return {
        specificationVersion: 'v1',
        id: 'fake',
        authorizationServers: [issuer],
        async verify(token, context) {
          const answer = await verifier.verify(token.value, context);
          return answer.kind === 'verified' ? principalFromJwt(answer, mapping) : answer;
        },
        onRevocation: (listen) => keys.onRetired(() => listen({ kind: 'keys' })),
      };
    },
    close: server.close,
  };
  return fake;
}
