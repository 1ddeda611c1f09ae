import {
  type Client,
  type ErrorOut,
  errors,
  type FindAccount,
  type Grant,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Account } from '../accounts/accounts.js';
import { ceilingOf } from '../clients/client-ceiling.js';
import { maySkipConsent, readConsent } from '../grants/remembered-consent.js';
import { narrowScopes } from '../grants/scope-choice.js';
import { createSingleAnswers, type SingleAnswers } from '../grants/single-answers.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { SigningAlgorithm } from '../keys/signing-keys.js';
import type { LocalResource } from '../local-options.js';
import { noteUse } from '../revocation/access-use.js';
import type { Settings } from '../settings.js';
import { requestIdOf, stringParameter } from './engine-context.js';
import { ISSUED_TOKEN } from './issued-token.js';
import { demandPushed } from './pushed-requests.js';
import { notesOf } from './token-notes.js';

/** What the engine asks us while it answers a request. */
export interface EngineHooks {
  defaultResource(
    ctx: KoaContextWithOIDC,
    client: Client,
    oneOf?: readonly string[],
  ): Promise<string>;
  resourceServer(
    ctx: KoaContextWithOIDC,
    identifier: string,
    client: Client,
  ): Promise<ResourceServerInfo>;
  narrowRequest(ctx: KoaContextWithOIDC, value: string | undefined, client: Client): void;
  grantFor(ctx: KoaContextWithOIDC): Promise<Grant | undefined>;
  findAccount: FindAccount;
  /** @param ctx - Absent where a token is exchanged in this process. */
  tokenClaims(
    ctx: KoaContextWithOIDC | undefined,
    token: IssuedToken,
  ): Promise<Record<string, unknown>>;
  renderError(ctx: KoaContextWithOIDC, out: ErrorOut): void;
  readonly answers: SingleAnswers;
}

interface ResourceServerInfo {
  readonly scope: string;
  readonly audience: string;
  readonly accessTokenFormat: 'jwt';
  readonly accessTokenTTL: number;
  readonly jwt: { readonly sign: SigningKeyName };
}

/** Which key signs. */
export interface SigningKeyName {
  readonly alg: SigningAlgorithm;
  readonly kid: string;
}

interface IssuedToken {
  readonly kind: string;
  readonly jti: string;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly scope?: string | undefined;
}

/** What {@link createEngineHooks} is made of. */
export interface EngineHookTools {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  /** The key that signs. */
  readonly signingKey: SigningKeyName;
  readonly renderError: EngineHooks['renderError'];
  /** Whether a person's access may go on, asked at each refresh. */
  vouchedFor(subject: string): Promise<boolean>;
}

/** Finds the resource that an identifier names. */
export function resourceOf(settings: Settings, identifier: unknown): LocalResource {
  const found = settings.resources.find(({ resource }) => resource === identifier);
  if (!found) throw new errors.InvalidTarget('unknown resource');
  return found;
}

/** Our rules in the places that the engine leaves for them. */
export function createEngineHooks(tools: EngineHookTools): EngineHooks {
  const { settings, audit, signingKey, renderError } = tools;
  const { accounts, store, accessTokenSeconds } = settings;
  const answers = createSingleAnswers(settings);

  return {
    async defaultResource(ctx, { clientId }, named = []) {
      if (named.length > 1) throw new errors.InvalidTarget('only one resource may be named');
      if (named[0] !== undefined) return named[0];
      const [{ resource }] = settings.resources;
      await audit.record(requestIdOf(ctx), 'resource_defaulted', { clientId, detail: resource });
      return resource;
    },

    async resourceServer(ctx, identifier, client) {
      const { resource, scopes: vocabulary } = resourceOf(settings, identifier);
      const { Grant: grant, Account: account } = ctx.oidc.entities;
      // At the token endpoint: what was granted, as far as the person and the operator still allow it.
      const granted = grant?.getResourceScope(resource).split(' ').filter(Boolean) ?? [];
      const ceilings = [ceilingOf(client.clientId, settings), allowanceOf(account)].filter(
        (ceiling) => ceiling !== undefined,
      );
      const still = granted.filter((scope) =>
        ceilings.every((ceiling) => vocabulary.missing(ceiling, [scope]).length === 0),
      );
      return {
        scope: still.join(' '),
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: accessTokenSeconds,
        jwt: { sign: signingKey },
      };
    },

    narrowRequest(ctx, _value, client) {
      demandPushed(ctx, settings);
      const { params = {} } = ctx.oidc;
      const named = [params.resource].flat().filter((value) => value !== undefined);
      if (named.length > 1) throw new errors.InvalidTarget('only one resource may be requested');
      const resource = resourceOf(settings, named[0]);
      const requested = stringParameter(params.scope);
      const scopes = narrowScopes(resource, requested, ceilingOf(client.clientId, settings));
      if (scopes.length === 0) {
        throw new errors.InvalidScope('no requested scope can be granted', requested ?? '');
      }
      params.scope = scopes.join(' ');
    },

    async grantFor(ctx) {
      const { client, params = {}, result, provider, account } = ctx.oidc;
      const decided = result?.consent?.grantId;
      const resource = String([params.resource].flat()[0]);
      if (typeof decided === 'string') {
        const grant = await provider.Grant.find(decided);
        // The engine compares scopes letter by letter: what was granted is what goes on from here.
        if (grant) params.scope = grant.getResourceScope(resource);
        return grant;
      }
      const asked = [...ctx.oidc.prompts].some((prompt) => prompt !== 'none');
      if (!client || !account || asked) return undefined;
      const key = {
        subject: account.accountId,
        client,
        redirectUri: String(params.redirect_uri),
        resource,
      };
      if (!maySkipConsent(settings, key)) return undefined;
      const remembered = await readConsent(settings, key);
      const { scopes: vocabulary } = resourceOf(settings, resource);
      const requested = String(params.scope).split(' ');
      if (vocabulary.missing(remembered, requested).length > 0) return undefined;
      const allowance = allowanceOf(account) ?? requested;
      if (vocabulary.missing(allowance, requested).length > 0) return undefined;
      const grant = new provider.Grant({
        accountId: account.accountId,
        clientId: client.clientId,
      });
      grant.addResourceScope(resource, requested.join(' '));
      await grant.save();
      return grant;
    },

    async findAccount(_ctx, subject, token) {
      // The last question of the engine before it looks whether the token was used.
      if (token?.kind === 'RefreshToken') await answers.refreshGrace.reopen(token);
      if (token?.kind === 'RefreshToken' && !(await tools.vouchedFor(subject))) return undefined;
      const account = await accounts.find(subject);
      if (!account) return undefined;
      return { accountId: subject, allowance: account.scopes, claims: () => ({ sub: subject }) };
    },

    async tokenClaims(ctx, token) {
      const { AuthorizationCode: code, RefreshToken: refresh } = ctx?.oidc.entities ?? {};
      const { claims, detail, requestId = ctx ? requestIdOf(ctx) : '' } = notesOf(token);
      const { jti, clientId, accountId, grantId, scope = '' } = token;
      if (grantId !== undefined) {
        const expiresAt = Math.floor(Date.now() / 1000) + accessTokenSeconds + 60;
        const holders = accountId && clientId && { subject: accountId, clientId };
        await Promise.all([
          store.write(ISSUED_TOKEN, jti, { grantId }, { grantId, expiresAt }),
          ...(holders ? [noteUse(store, grantId, holders)] : []),
        ]);
        // In this order: a replay that revoked the grant meanwhile could not take away what was not there yet.
        if (!(await store.read('Grant', grantId))) await store.remove(ISSUED_TOKEN, jti);
      }
      const refreshed = ctx?.oidc.params?.grant_type === 'refresh_token';
      await audit.record(requestId, refreshed ? 'token_refreshed' : 'token_issued', {
        ...(clientId ? { clientId } : {}),
        subject: accountId ?? clientId ?? '',
        tokenId: jti,
        ...(grantId ? { grantId } : {}),
        granted: scope.split(' ').filter(Boolean),
        ...(detail === undefined ? {} : { detail }),
      });
      const signedInAt = refresh?.authTime ?? code?.authTime;
      return { ...claims, ...(signedInAt === undefined ? {} : { auth_time: signedInAt }) };
    },

    renderError,
    answers,
  };
}

function allowanceOf(account: unknown): Account['scopes'] {
  const { allowance } = (account ?? {}) as { readonly allowance?: readonly string[] };
  return allowance;
}
