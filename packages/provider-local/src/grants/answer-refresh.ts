import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestIdOf } from '../engine/engine-context.js';
import type { IssuerAudit } from '../issuer-audit.js';
import { type RefreshAnswer, type RefreshGrace, wishOf } from './refresh-grace.js';

/**
 * Goes over the engine's answer to a refresh before it leaves: a repeated request gets the answer of the first one, and of two that
 * were made at once the one that counts.
 *
 * @returns Whether an answer was given again.
 */
export async function answerRefresh(
  ctx: KoaContextWithOIDC,
  grace: RefreshGrace,
  audit: IssuerAudit,
): Promise<boolean> {
  const { client, params, entities } = ctx.oidc;
  const repeated = grace.repetition(ctx);
  if (repeated) {
    const { accountId, grantId } = entities.RefreshToken ?? {};
    await audit.record(requestIdOf(ctx), 'token_refreshed', {
      ...(client ? { clientId: client.clientId } : {}),
      ...(accountId ? { subject: accountId } : {}),
      ...(grantId ? { grantId } : {}),
      tokenId: repeated.tokenId,
      granted: repeated.body.scope?.split(' ') ?? [],
      detail: 'the refresh token was used a moment ago; the same answer was given again',
    });
    give(ctx, repeated);
    return true;
  }
  if (ctx.status !== 200 || params?.grant_type !== 'refresh_token') return false;
  const answer: RefreshAnswer = {
    at: Date.now(),
    wish: await wishOf(ctx),
    tokenId: String(entities.AccessToken?.jti),
    body: ctx.body as RefreshAnswer['body'],
  };
  const counts = await grace.settle(ctx, answer);
  if (counts !== answer) give(ctx, counts);
  return false;
}

function give(ctx: KoaContextWithOIDC, { at, body }: RefreshAnswer): void {
  const passed = Math.floor((Date.now() - at) / 1000);
  ctx.status = 200;
  ctx.body = { ...body, expires_in: Math.max(1, body.expires_in - passed) };
}
