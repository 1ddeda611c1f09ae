import {
  type ClientDocument,
  createFakeSigner,
  type FakeArea,
  type FakeServer,
  type FakeSigner,
  type LoggedRequest,
  type ServerFault,
  startFakeServer,
  type TokenChange,
} from '@portcullis/core/testing';
import { clientService } from './client-service.js';
import {
  createFakeEnvironment,
  type FakeScalekitEnvironment,
  type FakeScalekitSwitches,
} from './environment.js';
import { dashboardMetadata } from './fake-metadata.js';
import { areaOf, fakeRoutes } from './fake-routes.js';
import { type FakeUser, fakeTokens } from './fake-tokens.js';
import { addClient, addResource, addScope, type ResourceRecord } from './records.js';
import { twoProtocols } from './two-protocols.js';

/** How a {@link FakeScalekit} is set up. */
export interface FakeScalekitOptions {
  /**
   * The Server URL of the MCP server that is there from the start; empty: it has none. Default
   * `http://localhost:10000/mcp`.
   */
  readonly resource?: string;
  /** Its id. Default: `res_` and random digits. */
  readonly resourceId?: string;
  /** Scopes that it offers. Default: none, so nobody gets any but those of OpenID Connect. */
  readonly scopes?: readonly string[];
  /** Its clients. One with a secret is a machine, and `scopes` is what it may have. */
  readonly clients?: readonly {
    /** Such as `m2m_1`. */
    readonly clientId: string;
    readonly secret?: string;
    readonly scopes?: readonly string[];
    readonly redirectUris?: readonly string[];
  }[];
  /** Further members of its record, such as `enable_cimd` or `access_token_expiry`. */
  readonly server?: Partial<ResourceRecord>;
  /**
   * The person who approves everything. Default: `usr_64032146283004161` of
   * `org_59615193906282635`.
   */
  readonly user?: FakeUser;
  /**
   * What the https URL of a client id document serves; nothing is fetched. Default: no document is
   * usable.
   */
  clientDocument?(url: string): ClientDocument | undefined | Promise<ClientDocument | undefined>;
  readonly switches?: Partial<FakeScalekitSwitches>;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** A token, as it differs from a user's good one for the first MCP server. */
export interface FakeScalekitToken extends TokenChange {
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** Default `m2m_97422068261325572`. */
  readonly clientId?: string;
  /** Another MCP server of the environment. */
  readonly resourceId?: string;
}

/**
 * A Scalekit environment for tests and for development without an account: real HTTP on loopback,
 * real keys, real signatures.
 */
export interface FakeScalekit {
  /** The environment's URL, for `environmentUrl` and for the SDK. */
  readonly url: string;
  /** `res_…` of the first MCP server. */
  readonly resourceId: string;
  /** Its Server URL. */
  readonly resource: string;
  /**
   * What new tokens and its metadata name, unless a switch says otherwise:
   * `<url>/resources/<resourceId>`.
   */
  readonly issuer: string;
  /** The JSON that the dashboard shows for it. */
  readonly metadata: string;
  /** Everything the fake knows. May be changed at any time. */
  readonly environment: FakeScalekitEnvironment;
  /** What is different today: `switches.issuer = 'environment'`. */
  readonly switches: FakeScalekitSwitches;
  /** The last 1,000 requests over HTTP/1.1. */
  readonly requests: readonly LoggedRequest[];
  /** Requests that reached an area so far. */
  count(area: FakeArea): number;
  /** Redirects of the fault `redirect` that somebody followed. */
  readonly redirected: number;
  /** A user's token. */
  mint(token?: FakeScalekitToken): Promise<string>;
  /** A token that a client of the MCP server got for itself. */
  mintForClient(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** A token of a machine client of an organisation: it has no audience. */
  mintForOrganization(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless `withdraw` is set. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  /** Publishes keys beside our own; signs any text. */
  readonly signer: FakeSigner;
  /** Breaks everything, or one area alone. */
  breakWith(fault: ServerFault, only?: FakeArea): void;
  repair(): void;
  close(): Promise<void>;
}

const DEFAULT_USER: FakeUser = {
  subject: 'usr_64032146283004161',
  organizationId: 'org_59615193906282635',
};
const DEFAULT_CLIENT = 'm2m_97422068261325572';

/**
 * Starts a Scalekit environment with one MCP server on a free port of 127.0.0.1. Close it when the
 * test is over.
 *
 * Everybody who comes is the same person and approves at once. Claims, headers, metadata and error
 * shapes are the vendor's, as far as they are known.
 * Does NOT have sign-in, organisations to manage, XAA, or any of the SDK's gRPC methods but those
 * for machine clients.
 */
export async function createFakeScalekit(options: FakeScalekitOptions = {}): Promise<FakeScalekit> {
  const { clock = Date.now, user = DEFAULT_USER, clientDocument } = options;
  const { resource = 'http://localhost:10000/mcp', scopes = [], clients = [] } = options;
  const signer = await createFakeSigner({
    algorithm: 'RS256',
    keyId: (count) => `snk_5832748098912256${count}`,
  });
  const environment = createFakeEnvironment({
    clock,
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const tokens = fakeTokens(environment, signer, clock);
  const tools = { environment, tokens, user, clock };
  const handle = fakeRoutes({ ...tools, ...(clientDocument ? { clientDocument } : {}) }, signer);
  const grpc = clientService(environment);
  const server: FakeServer = await startFakeServer({
    areaOf,
    handle,
    listen: (answer) => twoProtocols(answer, grpc),
  });
  environment.url = server.origin;

  const first = addResource(environment, {
    resource_uri: resource,
    ...options.server,
    ...(options.resourceId === undefined ? {} : { id: options.resourceId }),
    scopes: scopes.map((name) => addScope(environment, { name })),
  });
  for (const { clientId, redirectUris = [], ...client } of clients) {
    const belongs = { client_id: clientId, resource_id: first.id, redirect_uris: redirectUris };
    addClient(environment, { ...client, ...belongs });
  }
  const resourceOf = (id: string): ResourceRecord => {
    const found = environment.resources.get(id);
    if (!found) throw new Error(`There is no MCP server "${id}". Add it with addResource.`);
    return found;
  };

  return {
    url: server.origin,
    resourceId: first.id,
    resource,
    issuer: `${server.origin}/resources/${first.id}`,
    get metadata() {
      return dashboardMetadata(environment, resourceOf(first.id));
    },
    environment,
    switches: environment.switches,
    requests: server.requests,
    count: server.count,
    get redirected() {
      return server.redirected;
    },
    async mint({ scopes: granted = [], clientId = DEFAULT_CLIENT, resourceId, ...change } = {}) {
      const target = resourceOf(resourceId ?? first.id);
      return tokens.mint({ clientId, scopes: granted, user, resource: target }, change);
    },
    async mintForClient(clientId, granted = []) {
      return tokens.mint({ clientId, scopes: granted, resource: resourceOf(first.id) });
    },
    mintForOrganization: (clientId, granted = []) => tokens.mint({ clientId, scopes: granted }),
    rotate: signer.rotate,
    signer,
    breakWith: server.breakWith,
    repair() {
      environment.switches.metadataIssuer = undefined;
      server.repair();
    },
    close: server.close,
  };
}
