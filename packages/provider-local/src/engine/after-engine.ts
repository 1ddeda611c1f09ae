import {
  AuthError,
  type Principal,
  ProviderUnavailableError,
  type Revocation,
} from '@portcullis/core';
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { isLoopbackRedirect } from '../clients/redirect-uri.js';
import { answerOnce } from '../grants/answer-once.js';
import { introspect } from '../grants/introspect.js';
import { isRefusedJwt, revokeAccessToken } from '../grants/revoke-access-token.js';
import type { SingleAnswers } from '../grants/single-answers.js';
import type { IssuerAudit } from '../issuer-audit.js';
import { waitAfterGuess } from '../limits/token-limits.js';
import { spellOutMissingProof } from '../proof/missing-proof.js';
import type { Settings } from '../settings.js';
import { requestIdOf } from './engine-context.js';
import { grantOwnerOf } from './grant-owner.js';
import { type Refusal, refusalOf } from './refusal.js';
import { registrationAnswer } from './registration-answer.js';

/** What the steps after the engine need. */
export interface AfterTools {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  readonly answers: SingleAnswers;
  /** The page for an error that is not sent to the client. */
  errorPage(ctx: KoaContextWithOIDC, error: string): string;
  /** The page that hands the browser back to the client. */
  handBackPage(ctx: KoaContextWithOIDC, location: string): string;
  /** Tells every gate, in other processes too. */
  revoked(revocation: Revocation): Promise<void>;
  /** Who holds an access token of ours that is still good. */
  readToken(value: string): Promise<Principal | undefined>;
}

/** What the engine said by events while it worked on one request. */
interface Notes {
  failure?: unknown;
  refusal?: Refusal;
  revokedGrant?: string;
  interaction?: boolean;
}

type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>;

/** Goes over each answer of the engine before it leaves: outages, codes, audit, and how a browser is sent back. */
export function afterEngine(provider: Provider, tools: AfterTools): Middleware {
  const { audit } = tools;
  const notes = new WeakMap<object, Notes>();
  const note = (ctx: KoaContextWithOIDC, more: Notes) =>
    notes.set(ctx, { ...notes.get(ctx), ...more });
  const refusal = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
    note(ctx, { refusal: refusalOf(error) });

  provider.on('server_error', (ctx, failure) => note(ctx, { failure }));
  provider.on('grant.error', refusal);
  provider.on('authorization.error', refusal);
  provider.on('pushed_authorization_request.error', refusal);
  provider.on('registration_create.error', refusal);
  provider.on('registration_update.error', refusal);
  provider.on('revocation.error', refusal);
  provider.on('introspection.error', refusal);
  provider.on('grant.revoked', (ctx, revokedGrant) => note(ctx, { revokedGrant }));
  provider.on('interaction.started', (ctx) => note(ctx, { interaction: true }));

  return async (ctx, next) => {
    try {
      await next();
      const { refusal, failure = refusal?.outage } = notes.get(ctx) ?? {};
      if (failure !== undefined) return answerFailure(ctx, failure, tools.errorPage);
      await step(ctx, notes.get(ctx) ?? {});
      if (refusal?.wait !== undefined) await askToWait(ctx, refusal.wait, 'clientDocuments');
      // A person reads on the page that the client cannot be told; a program would take it for a verdict.
      if (refusal?.away && !isPage(ctx)) {
        throw new ProviderUnavailableError('What the client publishes cannot be asked for.');
      }
      const afterGuess = waitAfterGuess(ctx.res);
      if (afterGuess !== undefined && ctx.status === 401) {
        ctx.remove('www-authenticate');
        await askToWait(ctx, afterGuess, 'clientSecrets');
      }
    } catch (error) {
      answerFailure(ctx, error, tools.errorPage);
    }
  };

  async function askToWait(
    ctx: KoaContextWithOIDC,
    wait: number,
    detail: 'clientDocuments' | 'clientSecrets',
  ): Promise<void> {
    await audit.record(requestIdOf(ctx), 'rate_limited', { detail });
    ctx.status = 429;
    ctx.set('retry-after', String(wait));
    const error = 'too_many_requests';
    ctx.body = isPage(ctx)
      ? tools.errorPage(ctx, error)
      : { error, error_description: `Too many requests; wait ${wait} s` };
  }

  async function step(ctx: KoaContextWithOIDC, seen: Notes): Promise<void> {
    const { client } = ctx.oidc;
    const facts = {
      ...(client ? { clientId: client.clientId } : {}),
      ...(seen.refusal ? { detail: seen.refusal.detail } : {}),
    };
    const requestId = requestIdOf(ctx);
    switch (ctx.oidc.route as string) {
      case 'token':
        spellOutGrantNotAllowed(ctx);
        spellOutMissingProof(ctx, seen.refusal?.detail);
        if (await answerOnce(ctx, tools)) return;
        if (seen.refusal) await audit.record(requestId, 'token_refused', facts);
        await recordRevocation(ctx, seen, 'token_reused');
        return;
      case 'revocation':
        if (isRefusedJwt(ctx)) return revokeAccessToken(ctx, tools);
        await recordRevocation(ctx, seen, 'token_revoked');
        return;
      case 'introspection':
        return introspect(ctx, tools);
      case 'registration':
        if (ctx.status !== 201) return audit.record(requestId, 'registration_refused', facts);
        ctx.body = registrationAnswer(ctx.body as Record<string, unknown>, tools.settings);
        return audit.record(requestId, 'client_registered', facts);
      case 'client_update':
        if (ctx.status !== 200) return audit.record(requestId, 'registration_refused', facts);
        ctx.body = registrationAnswer(ctx.body as Record<string, unknown>, tools.settings);
        return audit.record(requestId, 'client_changed', { ...facts, detail: 'by the client' });
      case 'pushed_authorization_request':
        if (seen.refusal) await audit.record(requestId, 'authorization_refused', facts);
        return;
      case 'authorization':
      case 'resume':
        if (seen.refusal) await audit.record(requestId, 'authorization_refused', facts);
        sendBack(ctx, seen);
        return;
    }
  }

  async function recordRevocation(
    ctx: KoaContextWithOIDC,
    { revokedGrant }: Notes,
    type: 'token_reused' | 'token_revoked',
  ): Promise<void> {
    if (revokedGrant === undefined) return;
    const { client, entities } = ctx.oidc;
    const subject = entities.RefreshToken?.accountId ?? grantOwnerOf(ctx);
    const clientId = client?.clientId;
    if (subject) {
      await tools.revoked({ kind: 'subject', subject, ...(clientId ? { clientId } : {}) });
    }
    await audit.record(requestIdOf(ctx), type, {
      ...(clientId ? { clientId } : {}),
      ...(subject ? { subject } : {}),
      grantId: revokedGrant,
    });
  }

  /** A form's answer must not redirect to the client, and nobody is bounced to a stranger before anyone has signed in. */
  function sendBack(ctx: KoaContextWithOIDC, { interaction, refusal }: Notes): void {
    const location = ctx.response.get('location');
    // Koa answers `undefined` where its types say "".
    if (!location || interaction) return;
    const error = (refusal && new URL(location).searchParams.get('error')) ?? '';
    const afterForm = (ctx.oidc.route as string) === 'resume';
    if (afterForm && !lost.has(error)) {
      ctx.remove('location');
      ctx.status = 200;
      ctx.type = 'html';
      ctx.body = tools.handBackPage(ctx, location);
      return;
    }
    if (refusal && (lost.has(error) || !mayBounce(ctx))) {
      ctx.remove('location');
      ctx.status = 400;
      ctx.type = 'html';
      ctx.body = tools.errorPage(ctx, error);
    }
  }

  function mayBounce(ctx: KoaContextWithOIDC): boolean {
    const { client, session, params } = ctx.oidc;
    const trusted = client !== undefined && tools.settings.clients.has(client.clientId);
    return (
      trusted ||
      session?.accountId !== undefined ||
      isLoopbackRedirect(String(params?.redirect_uri))
    );
  }
}

/** Of a pushed request that is not there any more: nobody knows where it would have been answered to, or it was already. */
const lost: ReadonlySet<string> = new Set(['invalid_request_uri', 'invalid_request_object']);

/** RFC 6749 §5.2 has a code of its own for a client without the grant; the engine calls it invalid_request. */
function spellOutGrantNotAllowed(ctx: KoaContextWithOIDC): void {
  const body = ctx.body as Record<string, unknown> | undefined;
  if (body?.error_description === 'requested grant type is not allowed for this client') {
    ctx.body = { ...body, error: 'unauthorized_client' };
  }
}

/** Whether a person looks at the answer. */
function isPage(ctx: KoaContextWithOIDC): boolean {
  return ['authorization', 'resume'].includes(ctx.oidc?.route as string);
}

/** Nobody could answer: an outage of the store or of the audit log is 503, and says nothing of the request. */
function answerFailure(
  ctx: KoaContextWithOIDC,
  error: unknown,
  errorPage: AfterTools['errorPage'],
): void {
  const cause = error instanceof Error && AuthError.isInstance(error.cause) ? error.cause : error;
  const outage = AuthError.isInstance(cause);
  ctx.remove('location');
  ctx.remove('www-authenticate');
  ctx.status = outage ? 503 : 500;
  if (outage) ctx.set('retry-after', '5');
  const code = outage ? 'temporarily_unavailable' : 'server_error';
  if (isPage(ctx)) {
    ctx.type = 'html';
    ctx.body = errorPage(ctx, code);
    return;
  }
  ctx.body = {
    error: code,
    error_description: outage
      ? 'The authorization server cannot answer now; try again soon'
      : 'The authorization server failed to answer',
  };
}
