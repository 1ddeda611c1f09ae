import { randomBytes, randomUUID } from 'node:crypto';
import type { Fetch } from '@portcullis/core/jwt';
import {
  type ClientDocument,
  createFakeAuthorization,
  createFakeSigner,
  type FakeAlgorithm,
  type FakeArea,
  type FakeClient,
  type FakeSigner,
  type LoggedRequest,
  type ServerFault,
  startFakeServer,
  type TokenChange,
} from '@portcullis/core/testing';
import { type FakeIntrospector, fakeIntrospection } from './fake-introspection.js';
import { fakeOidcDocuments } from './fake-oidc-documents.js';
import { type FakeShape, vendorShapes } from './vendor-shapes.js';

/** How a {@link FakeOidc} is set up. */
export interface FakeOidcOptions {
  /** Whose tokens, places and habits it has. Default `plain`. */
  readonly shape?: FakeShape;
  /**
   * What it calls itself, for presets of vendors whose host is fixed; see {@link FakeOidc.fetch}.
   * Default: its own URL.
   */
  readonly issuer?: string;
  /** The issuer's path on its origin. Default: the vendor's. */
  readonly path?: string;
  /** The audience where a client asks for none. Default `https://mcp.example.com/mcp`. */
  readonly resource?: string;
  /**
   * What stands in `aud`, whatever was asked for. Default: as the vendor; `resource` where it heeds
   * that.
   */
  readonly audience?: readonly string[];
  /** Who approves everything. Default `user-1`. */
  readonly subject?: string;
  /** Registered beforehand. */
  readonly clients?: readonly FakeClient[];
  /** Whether clients may register themselves (RFC 7591). Default: as the vendor. */
  readonly registration?: boolean;
  /**
   * What the https URL of a client id document would serve. Default: such clients are not known.
   */
  readonly clientDocument?: (
    url: string,
  ) => ClientDocument | undefined | Promise<ClientDocument | undefined>;
  /** Access tokens that only introspection can read. Default `false`. */
  readonly opaque?: boolean;
  /** Who may introspect. Default `resource-server` with the secret `resource-secret`. */
  readonly introspector?: FakeIntrospector;
  /** Seconds that a token holds. Default 300. */
  readonly expiresIn?: number;
  /** Default: the vendor's. */
  readonly algorithm?: FakeAlgorithm;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/**
 * An issuer for tests and for development without an account: real HTTP on loopback, real keys,
 * real signatures.
 */
export interface FakeOidc
  extends Pick<FakeSigner, 'rotate' | 'publish'>,
    Readonly<{ issuer: string; origin: string; resource: string; introspector: FakeIntrospector }> {
  readonly jwksUri: string;
  /** By OpenID Connect Discovery: after the issuer's path. */
  readonly metadataUrl: string;
  readonly introspectionEndpoint: string;
  /**
   * Sends what is meant for the issuer's own host to this fake, over HTTP. For a fake with an
   * `issuer` of its own.
   */
  readonly fetch: Fetch;
  /** The last 1,000 requests. */
  readonly requests: readonly LoggedRequest[];
  /** Requests that reached an area so far; introspection is `other`. */
  count(area: FakeArea): number;
  /** Redirects that somebody followed. */
  redirected(): number;
  /**
   * A token of a user for the client `client-1`, save for what is given. Claims are named as in RFC
   * 9068 and written as the vendor does.
   */
  mint(change?: TokenChange & { readonly scopes?: readonly string[] }): Promise<string>;
  /** A token that a client got for itself. */
  mintForClient(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** Signs exactly these claims and this header, beside `alg` and `kid`. */
  sign: FakeSigner['sign'];
  /** Ends a token, as introspection sees it. */
  revoke(token: string): void;
  /** Ends all open codes and refresh tokens. */
  revokeGrants(): void;
  /** Answers each introspection with this JSON; `undefined` ends it. */
  introspectWith(body: unknown): void;
  /** Breaks everything, or one area alone. */
  breakWith(fault: ServerFault, only?: FakeArea): void;
  /** The metadata names this issuer, until {@link repair}. */
  misname(issuer: string): void;
  repair(): void;
  clients(): readonly FakeClient[];
  addClient(client: FakeClient): void;
  close(): Promise<void>;
}

/** Starts a fake issuer on a free port of 127.0.0.1. Close it when you are done. */
export async function createFakeOidc(options: FakeOidcOptions = {}): Promise<FakeOidc> {
  const { resource = 'https://mcp.example.com/mcp', subject = 'user-1', opaque = false } = options;
  const { clients = [], clientDocument, expiresIn = 300, clock = Date.now } = options;
  const { introspector = { clientId: 'resource-server', clientSecret: 'resource-secret' } } =
    options;
  const shape = vendorShapes[options.shape ?? 'plain'];
  const { registration = shape.registration, algorithm = shape.algorithm } = options;
  const signer = await createFakeSigner({ algorithm });
  const introspection = fakeIntrospection(introspector, clock);
  let misnamed: string | undefined;

  const server = await startFakeServer({
    areaOf: (pathname) => documents.areaOf(pathname),
    handle(request) {
      const endpoint = documents.endpointOf(new URL(request.url).pathname);
      switch (endpoint) {
        case undefined:
          return new Response(null, { status: 404 });
        case 'keys':
          return Response.json(signer.jwks());
        case 'metadata':
          return Response.json({ ...documents.metadata, ...(misnamed && { issuer: misnamed }) });
        case 'introspect':
          return introspection.answer(request);
        default:
          return authorization[endpoint](request);
      }
    },
  });
  const { origin } = server;
  const path = options.path ?? (options.issuer ? pathOf(options.issuer) : shape.path);
  const { issuer = `${origin}${path}` } = options;
  const host = new URL(issuer).origin;
  const documents = fakeOidcDocuments({
    ...{ issuer, origin: host, path, shape, registration },
    clientDocuments: clientDocument !== undefined,
  });

  function audienceFor(asked: string): string | readonly string[] | undefined {
    if (options.audience) return options.audience;
    return shape.audience ? shape.audience(asked) : asked;
  }

  async function mint({
    claims: changed = {},
    scopes = [],
    header,
    ...change
  }: TokenChange & { readonly scopes?: readonly string[] }): Promise<string> {
    const now = Math.floor(clock() / 1000);
    const aud = audienceFor(resource);
    const standard = {
      ...{ iss: issuer, aud, sub: subject, client_id: 'client-1', scope: scopes.join(' ') },
      ...{ jti: randomUUID(), iat: now, exp: now + expiresIn },
      ...changed,
    };
    const machine = standard.sub !== undefined && standard.sub === standard.client_id;
    const claims = shape.claims(standard, machine);
    const token = opaque
      ? `oat_${randomBytes(24).toString('base64url')}`
      : await signer.sign(claims, { ...change, header: { ...shape.header, ...header } });
    // Issuers answer in the words of RFC 7662, and with the claims of the token beside them.
    introspection.issued(token, { ...standard, ...claims });
    return token;
  }

  const authorization = createFakeAuthorization({
    ...{ issuer, subject, clients, clock, expiresIn },
    ...(clientDocument ? { clientDocument } : {}),
    decide({ scopes, resources: [asked = resource] }) {
      return { audience: [audienceFor(asked) ?? []].flat(), scopes };
    },
    refreshes: () => true,
    mint({ client: { clientId }, subject: person, audience, scopes }) {
      const aud = audience.length > 1 ? audience : audience[0];
      return mint({ claims: { sub: person ?? clientId, client_id: clientId, aud }, scopes });
    },
    ...(registration ? { register: (metadata) => registered(metadata) } : {}),
  });

  return {
    ...{ issuer, origin, resource, introspector },
    jwksUri: documents.jwksUri,
    metadataUrl: documents.metadataUrl,
    introspectionEndpoint: documents.introspectionEndpoint,
    fetch: (url, init) =>
      fetch(url.startsWith(`${host}/`) ? `${origin}${url.slice(host.length)}` : url, init),
    requests: server.requests,
    count: server.count,
    redirected: () => server.redirected,
    mint: (change = {}) => mint(change),
    mintForClient: (clientId, scopes = []) =>
      mint({ claims: { sub: clientId, client_id: clientId }, scopes }),
    sign: signer.sign,
    rotate: signer.rotate,
    publish: signer.publish,
    revoke: introspection.revoke,
    revokeGrants: authorization.revokeGrants,
    introspectWith: introspection.answerWith,
    breakWith: server.breakWith,
    misname(other) {
      misnamed = other;
    },
    repair() {
      misnamed = undefined;
      server.repair();
    },
    clients: authorization.clients,
    addClient: authorization.addClient,
    close: server.close,
  };
}

const pathOf = (url: string): string => {
  const { pathname } = new URL(url);
  return pathname === '/' ? '' : pathname;
};

function registered(metadata: { readonly redirect_uris: readonly string[] }) {
  const clientId = `registered-${randomUUID()}`;
  const client = { clientId, redirectUris: metadata.redirect_uris };
  const response = { ...metadata, client_id: clientId, token_endpoint_auth_method: 'none' };
  return { client, response };
}
