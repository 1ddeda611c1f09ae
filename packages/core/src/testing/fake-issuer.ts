import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { issuerMetadataUrls } from '../jwt/issuer-metadata.js';
import { createJwtVerifier, type JwtVerifierOptions } from '../jwt/jwt-verifier.js';
import { type ClaimMapping, principalFromJwt } from '../jwt/principal-from-jwt.js';
import { createRemoteKeys, type RemoteKeysOptions } from '../jwt/remote-keys.js';
import type { AuthProvider } from '../provider/auth-provider.js';
import { type BadTokenKind, badTokens, opaqueToken } from './bad-tokens.js';
import { fakeIssuerDocuments } from './fake-issuer-documents.js';
import { type FakeArea, startFakeServer } from './fake-server.js';
import { createFakeSigner, type FakeAlgorithm } from './fake-signer.js';
import { createFakeAuthorization } from './oauth/fake-authorization.js';
import type { FakeClient } from './oauth/fake-clients.js';
import type { LoggedRequest } from './request-log.js';
import type { ServerFault } from './server-fault.js';
import type { TokenChange } from './token-change.js';

/** How a {@link FakeIssuer} is set up. */
export interface FakeIssuerOptions {
  /** Put into `aud` of every good token. Default `https://mcp.example.com/mcp`. */
  readonly resource?: string;
  /** Default `ES256`. */
  readonly algorithm?: FakeAlgorithm;
  /** The issuer's path on its origin, such as `/tenant`. Default: none. */
  readonly path?: string;
  /** The port of 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** A private key with its `kid`, to sign with first. Default: a new one. */
  readonly privateKey?: JWK;
  /** Clients that are registered beforehand. Others register themselves. */
  readonly clients?: readonly FakeClient[];
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** How the provider of a {@link FakeIssuer} is set up. */
export interface FakeIssuerProviderOptions
  extends Pick<JwtVerifierOptions, 'audience' | 'typ' | 'clockTolerance' | 'requiredClaims'> {
  readonly mapping?: ClaimMapping;
  readonly keys?: Omit<RemoteKeysOptions, 'issuer' | 'jwksUri'>;
}

/**
 * An issuer for tests: real HTTP on loopback, real keys, real signatures. It asks nobody before it mints, and its
 * authorization endpoint approves whoever comes as `user-1`.
 */
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
  /** The last 1,000 requests. */
  readonly requests: readonly LoggedRequest[];
  /** A token that holds for five minutes: a user `user-1` with client `client-1` and no scopes, save for what is given. */
  mint(change?: TokenChange & { readonly scopes?: readonly string[] }): Promise<string>;
  /** A token that a client got for itself. */
  mintForClient(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** A token that has to be refused. */
  mintBad(kind: BadTokenKind | 'not_a_jwt'): Promise<string>;
  /** Signs any bytes as a JWS with the current key; header and payload go out exactly as they are given. */
  sign(header: string, payload: string): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless `withdraw` is set. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  /** Published beside our own keys, for sets that hold what they should not. */
  publish(...keys: readonly JWK[]): void;
  /** Breaks everything, or one area alone. */
  breakWith(fault: ServerFault, only?: FakeArea): void;
  /** The metadata names this issuer in place of ours, until {@link repair}. */
  misname(issuer: string): void;
  repair(): void;
  /** Ends all open codes and refresh tokens. */
  revokeGrants(): void;
  /** A provider that verifies this issuer's tokens over HTTP, made of `createJwtVerifier` and `createRemoteKeys`. */
  provider(options?: FakeIssuerProviderOptions): AuthProvider;
  close(): Promise<void>;
}

/** Starts an issuer on a port of 127.0.0.1. Close it when the test is over. */
export async function createFakeIssuer(options: FakeIssuerOptions = {}): Promise<FakeIssuer> {
  const { resource = 'https://mcp.example.com/mcp', algorithm = 'ES256', path = '' } = options;
  const { clock = Date.now, clients = [], port = 0, privateKey } = options;
  const signer = await createFakeSigner({ algorithm, ...(privateKey && { privateKey }) });
  let misnamed: string | undefined;

  const server = await startFakeServer({
    port,
    areaOf: (pathname) => documents.areaOf(pathname),
    handle(request) {
      const { pathname } = new URL(request.url);
      const area = documents.areaOf(pathname);
      if (area === 'keys') return Response.json(signer.jwks());
      if (area === 'metadata') {
        return Response.json({ ...documents.metadata, ...(misnamed && { issuer: misnamed }) });
      }
      const endpoint = documents.endpoints.get(pathname);
      return endpoint ? authorization[endpoint](request) : new Response(null, { status: 404 });
    },
  });
  const issuer = `${server.origin}${path}`;
  const documents = fakeIssuerDocuments(issuer, issuerMetadataUrls(issuer));
  const authorization = createFakeAuthorization({
    issuer,
    clients,
    clock,
    expiresIn: 300,
    decide: ({ scopes, resources: [asked = resource] }) => ({ audience: [asked], scopes }),
    refreshes: () => true,
    mint: ({ client: { clientId }, subject, audience: [aud], scopes }) =>
      fake.mint({ claims: { sub: subject ?? clientId, client_id: clientId, aud }, scopes }),
    register(metadata) {
      const clientId = `registered-${randomUUID()}`;
      const client = { clientId, redirectUris: metadata.redirect_uris };
      const response = {
        ...metadata,
        client_id: clientId,
        token_endpoint_auth_method: 'none',
      };
      return { client, response };
    },
  });

  const fake: FakeIssuer = {
    issuer,
    jwksUri: documents.metadata.jwks_uri,
    resource,
    fetches: {
      get metadata() {
        return server.count('metadata');
      },
      get keys() {
        return server.count('keys');
      },
      get redirected() {
        return server.redirected;
      },
    },
    requests: server.requests,

    mint({ claims, header, scopes = [], ...change } = {}) {
      const now = Math.floor(clock() / 1000);
      const good = {
        ...{ iss: issuer, aud: resource, sub: 'user-1', client_id: 'client-1', jti: randomUUID() },
        ...{ iat: now, exp: now + 300, scope: scopes.join(' ') },
      };
      return signer.sign(
        { ...good, ...claims },
        { ...change, header: { typ: 'at+jwt', ...header } },
      );
    },
    mintForClient: (clientId, scopes = []) =>
      fake.mint({ claims: { sub: clientId, client_id: clientId }, scopes }),
    async mintBad(kind) {
      if (kind === 'not_a_jwt') return opaqueToken;
      const now = Math.floor(clock() / 1000);
      return fake.mint(badTokens[kind].change({ now, issuer }));
    },
    sign: signer.signText,
    rotate: signer.rotate,
    publish: signer.publish,
    breakWith: server.breakWith,
    misname(other) {
      misnamed = other;
    },
    repair() {
      misnamed = undefined;
      server.repair();
    },
    revokeGrants: authorization.revokeGrants,
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
        status: () => [{ issuers: [issuer], ...keys.status() }],
        onRevocation: (listen) => keys.onRetired(() => listen({ kind: 'keys' })),
      };
    },
    close: server.close,
  };
  return fake;
}
