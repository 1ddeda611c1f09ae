import type { Principal, Revocation } from '@portcullis/core';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestIdOf } from '../engine/engine-context.js';
import { ISSUED_TOKEN, REVOKED_TOKEN } from '../engine/issued-token.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { Settings } from '../settings.js';

/** What {@link revokeAccessToken} works with. */
export interface AccessTokenRevocation {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  /** Who holds an access token of ours that is still good. */
  readToken(value: string): Promise<Principal | undefined>;
  revoked(revocation: Revocation): Promise<void>;
}

/** Seconds that a revocation is kept beyond the end of its token: clocks differ. */
const CLOCKS_DIFFER = 60;

/**
 * Ends one access token, which the engine cannot do for JWTs; the grant behind it goes on. Only its own client may; every other one, and
 * whoever asks for a token that is none, is answered the same and changes nothing (RFC 7009 §2.1, §2.2).
 *
 * The engine has authenticated the client before it refused the JWT.
 */
export async function revokeAccessToken(
  ctx: KoaContextWithOIDC,
  { settings, audit, readToken, revoked }: AccessTokenRevocation,
): Promise<void> {
  const { client, params } = ctx.oidc;
  const principal = await readToken(String(params?.token));
  if (principal && principal.clientId === client?.clientId) {
    const { actor, clientId, subject, tokenId, expiresAt } = principal;
    // A person's token lives by its record, a client's own token by the absence of one.
    if (actor === 'user') await settings.store.remove(ISSUED_TOKEN, tokenId);
    else await settings.store.insertIfAbsent(REVOKED_TOKEN, tokenId, expiresAt + CLOCKS_DIFFER);
    await revoked({ kind: 'token', tokenId });
    await audit.record(requestIdOf(ctx), 'token_revoked', { clientId, subject, tokenId });
  }
  ctx.remove('content-type');
  ctx.status = 200;
  ctx.body = '';
}

/** Whether the engine has refused a token for being a JWT, and for nothing else. */
export function isRefusedJwt(ctx: KoaContextWithOIDC): boolean {
  const { error } = (ctx.body ?? {}) as { readonly error?: unknown };
  return error === 'unsupported_token_type';
}
