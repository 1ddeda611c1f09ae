import type { Principal } from '@portcullis/core';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '../settings.js';
import { isRefusedJwt } from './revoke-access-token.js';

/** What {@link introspect} works with. */
export interface Introspection {
  readonly settings: Settings;
  /** Who holds an access token of ours that is still good. */
  readToken(value: string): Promise<Principal | undefined>;
}

/** What is told of a token, and nothing else. */
const told = [
  'scope',
  'client_id',
  'sub',
  'aud',
  'iss',
  'exp',
  'iat',
  'jti',
  'auth_time',
  'cnf',
  'act',
];

/**
 * Answers what a token is worth to the one who asks: an access token to the MCP server that it is for, a refresh token to the client
 * that it was issued to. To anybody else, and of anything else, it says `{"active":false}` and no more (RFC 7662 §2.2, §4).
 *
 * The engine has authenticated who asks, and judged refresh tokens; JWTs it refuses.
 */
export async function introspect(
  ctx: KoaContextWithOIDC,
  { settings, readToken }: Introspection,
): Promise<void> {
  const { client, params } = ctx.oidc;
  if (client === undefined || client.clientAuthMethod === 'none') return refuse(ctx, settings);
  if (ctx.status !== 200 && !isRefusedJwt(ctx)) return;

  const opaque = ctx.body as Readonly<Record<string, unknown>>;
  ctx.status = 200;
  ctx.body = { active: false };
  if (opaque.active === true) {
    const known = await settings.accounts.find(String(opaque.sub));
    if (known) ctx.body = { active: true, ...picked(opaque) };
    return;
  }
  const resource = settings.introspectors.get(client.clientId);
  if (resource === undefined) return;
  const principal = await readToken(String(params?.token));
  if (principal?.claims.aud !== resource) return;
  const token_type = principal.confirmation ? 'DPoP' : 'Bearer';
  ctx.body = { active: true, ...picked(principal.claims), token_type };
}

function picked(claims: Readonly<Record<string, unknown>>): object {
  const there = told.filter((name) => claims[name] !== undefined);
  return Object.fromEntries(there.map((name) => [name, claims[name]]));
}

/** Whoever proves nothing is told nothing; the engine calls a request without credentials malformed, and takes a public client's name. */
function refuse(ctx: KoaContextWithOIDC, { issuer }: Settings): void {
  ctx.status = 401;
  ctx.set('www-authenticate', `Basic realm="${issuer}", error="invalid_client"`);
  ctx.body = {
    error: 'invalid_client',
    error_description: 'the one who asks must authenticate',
  };
}
