import {
  createFakeAuthorization,
  type FakeArea,
  type FakeServer,
  startFakeServer,
  type TokenChange,
} from '@portcullis/core/testing';
import { decideAccess } from './access-rules.js';
import { type AccessTokenGrant, accessToken, opaqueToken } from './access-token.js';
import {
  ACCESS_TOKEN,
  actorsAfter,
  claimsOf,
  decideExchange,
  TOKEN_EXCHANGE,
} from './exchange-rules.js';
import { auth0Fault } from './fault-answers.js';
import { managementApi } from './management/management-api.js';
import { metadataOf } from './metadata.js';
import { newTenant } from './new-tenant.js';
import { bearerOf, ownClaims } from './own-claims.js';
import { asFakeClient, registerClient } from './register-client.js';
import { type NewApi, setUpForMcp } from './set-up.js';
import { apiOf, clientOf, type Tenant, type TokenDialect } from './tenant.js';
import { createTenantKeys, type TenantKeys } from './tenant-keys.js';
import { translateClaims } from './translate-claims.js';
import { userinfo } from './userinfo.js';

/** How a {@link FakeAuth0} is set up. */
export interface FakeAuth0Options {
  /**
   * The API of an MCP server. With it the tenant has everything that MCP needs; without it,
   * nothing, like a new account.
   */
  readonly api?: NewApi;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** How a token differs from a good one of a person. */
export interface MintChange extends TokenChange {
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** Default: that of the API. */
  readonly dialect?: TokenDialect;
}

/**
 * An Auth0 tenant for tests and for development without an account: real HTTP on loopback, real
 * keys, real signatures.
 */
export interface FakeAuth0 extends Pick<FakeServer, 'requests' | 'count' | 'breakWith'> {
  /** With the slash at the end. */
  readonly issuer: string;
  /** APIs, clients, grants and switches. What is changed here counts from the next request on. */
  readonly tenant: Tenant;
  /** A token of the person for the tenant's first own API. Good unless it is changed. */
  mint(change?: MintChange): Promise<string>;
  /** A token that a client got for itself. */
  mintForClient(clientId: string, change?: MintChange): Promise<string>;
  /** What first parties get that ask for no API: no JWT, though it begins like one. */
  mintOpaque(): string;
  /** The next key signs from now on. The one before stays published unless `withdraw` is set. */
  rotate: TenantKeys['rotate'];
  /** Published beside our own keys, for sets that hold what they should not. */
  publish: TenantKeys['publish'];
  /** The metadata names this issuer in place of ours, until {@link repair}. */
  misname(issuer: string): void;
  /** Ends all faults. */
  repair(): void;
  /** Redirects of the fault `redirect` that somebody followed. */
  readonly redirected: number;
  /** Ends all open codes and refresh tokens. */
  revokeGrants(): void;
  close(): Promise<void>;
}

function areaOf(pathname: string): FakeArea {
  if (pathname === '/.well-known/jwks.json') return 'keys';
  if (pathname.startsWith('/.well-known/')) return 'metadata';
  return pathname === '/oauth/token' ? 'token' : 'other';
}

/** Starts a tenant on a free port of 127.0.0.1. Close it when the test is over. */
export async function createFakeAuth0(options: FakeAuth0Options = {}): Promise<FakeAuth0> {
  const { api, clock = Date.now } = options;
  const keys = await createTenantKeys();
  const opaqueTokens = new Set<string>();
  let misnamed: string | undefined;
  const now = () => Math.floor(clock() / 1000);

  const server = await startFakeServer({ areaOf, handle: (request) => handle(request) });
  const issuer = `${server.origin}/`;
  const tenant = newTenant(issuer);
  if (api) setUpForMcp(tenant, api);

  async function sign(grant: AccessTokenGrant, change: MintChange = {}): Promise<string> {
    const {
      claims = {},
      header,
      dialect = grant.api.token_dialect,
      scopes: _,
      ...forgery
    } = change;
    const unsigned = accessToken(
      tenant,
      { ...grant, api: { ...grant.api, token_dialect: dialect } },
      now(),
    );
    return keys.sign(grant.api.signing_alg, translateClaims(unsigned.claims, claims, dialect), {
      ...forgery,
      header: { ...unsigned.header, ...header },
    });
  }

  const authorization = createFakeAuthorization({
    issuer,
    clock,
    decide: (request) => decideAccess(tenant, request),
    extensionGrant: (request) => decideExchange(tenant, keys, request, now()),
    register: (metadata) => registerClient(tenant, metadata),
    clientDocument(url) {
      const client = clientOf(tenant, url);
      return client && { redirect_uris: client.callbacks };
    },
    sendsIssuer: () => tenant.settings.authorization_response_iss_parameter_supported,
    answerFault: auth0Fault,
    async mint({ client, subject, audience, scopes, grantType, parameters }) {
      const api = apiOf(tenant, audience[0] ?? '');
      if (!api) {
        const token = opaqueToken(tenant);
        opaqueTokens.add(token);
        return token;
      }
      const { clientId } = client;
      const exchanged = grantType === TOKEN_EXCHANGE;
      return sign({
        ...{ api, audience, clientId, scopes, grantType },
        ...(subject === undefined ? {} : { subject }),
        ...(exchanged ? { act: actorsAfter(clientId, claimsOf(parameters.subject_token)) } : {}),
      });
    },
    extras: ({ audience, grantType }) => ({
      expires_in: apiOf(tenant, audience[0] ?? '')?.token_lifetime ?? 86_400,
      ...(grantType === TOKEN_EXCHANGE ? { issued_token_type: ACCESS_TOKEN } : {}),
    }),
  });

  const management = managementApi({
    tenant,
    async caller(request) {
      const own = { tenant, keys, now: now() };
      const claims = await ownClaims(own, bearerOf(request), `${issuer}api/v2/`);
      if (!claims) return undefined;
      const { azp, client_id: clientId = azp, scope = '' } = claims;
      return { clientId: String(clientId), scopes: String(scope).split(' ') };
    },
  });

  function handle(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    // The administrator may have added or changed clients since the last request.
    for (const client of tenant.clients.values()) authorization.addClient(asFakeClient(client));
    switch (pathname) {
      case '/.well-known/openid-configuration':
      case '/.well-known/oauth-authorization-server':
        return Response.json({ ...metadataOf(tenant), ...(misnamed && { issuer: misnamed }) });
      case '/.well-known/jwks.json':
        return Response.json(publishedKeys());
      case '/authorize':
        return authorization.authorize(request);
      case '/oauth/token':
        return authorization.token(request);
      case '/oidc/register':
        return authorization.register(request);
      case '/oauth/revoke':
        return authorization.revoke(request);
      case '/userinfo':
        return userinfo({ tenant, keys, now: now() }, opaqueTokens, request);
      default:
        return pathname.startsWith('/api/v2/')
          ? management(request)
          : new Response('Not Found', { status: 404 });
    }
  }

  function publishedKeys() {
    const set = keys.jwks();
    if (!tenant.settings.flags.remove_alg_from_jwks) return set;
    return { keys: set.keys.map(({ alg: _, ...jwk }) => jwk) };
  }

  function grantFor(clientId: string, change: MintChange): AccessTokenGrant {
    const api = [...tenant.apis.values()].find((each) => !each.is_system);
    if (!api) throw new Error('The tenant has no API of its own: pass "api", or call addApi.');
    return { api, audience: [api.identifier], clientId, scopes: change.scopes ?? [] };
  }

  return {
    issuer,
    tenant,
    ...{ requests: server.requests, count: server.count, breakWith: server.breakWith },
    mint: async (change = {}) =>
      sign({ ...grantFor('tpc_fake', change), subject: tenant.user.user_id }, change),
    mintForClient: async (clientId, change = {}) => sign(grantFor(clientId, change), change),
    mintOpaque: () => opaqueToken(tenant),
    rotate: keys.rotate,
    publish: keys.publish,
    misname(other) {
      misnamed = other;
    },
    repair() {
      misnamed = undefined;
      server.repair();
    },
    get redirected() {
      return server.redirected;
    },
    revokeGrants: authorization.revokeGrants,
    async close() {
      await server.close();
      keys.close();
    },
  };
}
