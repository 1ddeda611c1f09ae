import { randomInt } from 'node:crypto';
import type { ClientRecord, ResourceRecord, ScopeRecord } from './records.js';

/**
 * How the fake differs from day to day. Plain variables: set them whenever a test wants the vendor
 * to change.
 */
export interface FakeScalekitSwitches {
  /**
   * What `iss` is: the URL of the environment, as before August 2026; the URL of the MCP server
   * (`…/resources/res_…`); or one after the other, as while tokens of both kinds are alive. Default
   * `resource`.
   */
  issuer: 'environment' | 'resource' | 'alternating';
  /**
   * The claims that hold the scopes of users: a string, an array, or both. Default `scope`.
   * Machines always get `scopes`.
   */
  scopeClaims: 'scope' | 'scopes' | 'both';
  /**
   * Whether metadata is also served where RFC 8414 puts it, before the path. Some deployments only
   * have the appended place. Default true.
   */
  insertedMetadata: boolean;
  /** What `issuer` is in the metadata in place of the right one. Default: the right one. */
  metadataIssuer: string | undefined;
}

/** A client, and the secret that its record does not show. */
export interface RegisteredFakeClient {
  record: ClientRecord;
  /** Without one the client is public. */
  readonly secret?: string;
}

/** What a person agreed to. A refresh token lives only as long as its consent. */
export interface ConsentRecord {
  readonly id: string;
  readonly client_id: string;
  readonly resource_id: string;
  readonly user_id: string;
  readonly scopes: readonly string[];
  readonly create_time: string;
}

/**
 * All that the fake knows: what its OAuth endpoints read and its management API writes. Everything
 * may be changed at any time, and counts from the next request on.
 */
export interface FakeScalekitEnvironment {
  /** Such as `http://127.0.0.1:40123`, without a slash. Known once the server listens. */
  url: string;
  /** MCP servers by `res_…`. A Server URL belongs to one of them at most. */
  readonly resources: Map<string, ResourceRecord>;
  /** Scopes of the environment by `scp_…`. */
  readonly scopes: Map<string, ScopeRecord>;
  /**
   * Clients of MCP servers and organisations by `client_id`; those of the environment itself
   * (`skc_…`) are not here.
   */
  readonly clients: Map<string, RegisteredFakeClient>;
  /** Agreements by `con_…`. */
  readonly consents: Map<string, ConsentRecord>;
  /**
   * The credentials of the environment (`skc_…`), which the management API and the SDK are called
   * with.
   */
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  /** Access tokens that the environment's own client got at `/oauth/token`. */
  readonly managementTokens: Set<string>;
  readonly switches: FakeScalekitSwitches;
  /** Such as `newId('res')` → `res_88056357768398086`. */
  newId(prefix: string): string;
  /** RFC 3339, as in `create_time`. */
  now(): string;
  /** Whether an `Authorization` header holds one of {@link managementTokens}. */
  mayManage(authorization: string | null): boolean;
}

/** An environment without MCP servers. */
export function createFakeEnvironment(
  options: {
    readonly switches?: Partial<FakeScalekitSwitches>;
    readonly clock?: () => number;
  } = {},
): FakeScalekitEnvironment {
  const { clock = Date.now } = options;
  const managementTokens = new Set<string>();
  const newId = (prefix: string): string => {
    const half = () => String(randomInt(10_000_000, 100_000_000));
    return `${prefix}_${half()}${half()}`;
  };
  return {
    url: '',
    resources: new Map(),
    scopes: new Map(),
    clients: new Map(),
    consents: new Map(),
    credentials: { clientId: newId('skc'), clientSecret: `test_${newId('secret')}` },
    managementTokens,
    switches: {
      issuer: 'resource',
      scopeClaims: 'scope',
      insertedMetadata: true,
      metadataIssuer: undefined,
      ...options.switches,
    },
    newId,
    now: () => new Date(clock()).toISOString(),
    mayManage(authorization) {
      const [, token = ''] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
      return managementTokens.has(token);
    },
  };
}
