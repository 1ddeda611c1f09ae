import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestIdOf } from '../engine/engine-context.js';
import type { IssuerAudit } from '../issuer-audit.js';
import { type RefreshAnswer, type RefreshGrace, wishOf } from './refresh-grace.js';
import type { SingleAnswers } from './single-answers.js';

/** What {@link answerOnce} works with. */
export interface AnswerTools {
  readonly answers: SingleAnswers;
  readonly audit: IssuerAudit;
}

/**
 * Goes over the engine's answer to a code or a refresh token before it leaves: each gets one. A repeated refresh gets the answer of the
 * first request again, and of two requests that were made at once one counts.
 *
 * @returns Whether the answer is another one now.
 */
export async function answerOnce(
  ctx: KoaContextWithOIDC,
  { answers, audit }: AnswerTools,
): Promise<boolean> {
  const { codeRedemption, refreshGrace } = answers;
  const repeated = refreshGrace.repetition(ctx);
  if (repeated) {
    await recordRepetition(ctx, repeated, audit);
    give(ctx, repeated);
    return true;
  }
  if (ctx.status !== 200) return false;
  switch (ctx.oidc.params?.grant_type) {
    case 'authorization_code':
      return (await codeRedemption.settle(ctx)) ? false : refuse(ctx, audit);
    case 'refresh_token':
      return answerRefresh(ctx, refreshGrace, audit);
    default:
      return false;
  }
}

async function answerRefresh(
  ctx: KoaContextWithOIDC,
  grace: RefreshGrace,
  audit: IssuerAudit,
): Promise<boolean> {
  const answer: RefreshAnswer = {
    at: Date.now(),
    wish: await wishOf(ctx),
    tokenId: String(ctx.oidc.entities.AccessToken?.jti),
    body: ctx.body as RefreshAnswer['body'],
  };
  const counts = await grace.settle(ctx, answer);
  if (!counts) return refuse(ctx, audit);
  if (counts !== answer) give(ctx, counts);
  return counts !== answer;
}

async function recordRepetition(
  ctx: KoaContextWithOIDC,
  { tokenId, body }: RefreshAnswer,
  audit: IssuerAudit,
): Promise<void> {
  const { client, entities } = ctx.oidc;
  const { accountId, grantId } = entities.RefreshToken ?? {};
  await audit.record(requestIdOf(ctx), 'token_refreshed', {
    ...(client ? { clientId: client.clientId } : {}),
    ...(accountId ? { subject: accountId } : {}),
    ...(grantId ? { grantId } : {}),
    tokenId,
    granted: body.scope?.split(' ') ?? [],
    detail: 'the refresh token was used a moment ago; the same answer was given again',
  });
}

function give(ctx: KoaContextWithOIDC, { at, body }: RefreshAnswer): void {
  const passed = Math.floor((Date.now() - at) / 1000);
  ctx.status = 200;
  ctx.body = { ...body, expires_in: Math.max(1, body.expires_in - passed) };
}

/** What was made meanwhile is gone already. */
async function refuse(ctx: KoaContextWithOIDC, audit: IssuerAudit): Promise<boolean> {
  const { client } = ctx.oidc;
  await audit.record(requestIdOf(ctx), 'token_refused', {
    ...(client ? { clientId: client.clientId } : {}),
    detail: 'another request has used the same code or refresh token meanwhile',
  });
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
  return true;
}
