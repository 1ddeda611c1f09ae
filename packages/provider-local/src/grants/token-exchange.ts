import type { Principal } from '@portcullis/core';
import { type Client, errors, type Provider } from 'oidc-provider';
import { ceilingOf } from '../clients/client-ceiling.js';
import { resourceOf, type SigningKeyName } from '../engine/engine-hooks.js';
import { ISSUED_TOKEN } from '../engine/issued-token.js';
import { noteToken } from '../engine/token-notes.js';
import type { LocalResource } from '../local-options.js';
import type { Settings } from '../settings.js';
import { actorsOf, actorWith } from './actor-chain.js';
import { TOKEN_EXCHANGE } from './grant-types.js';
import { narrowScopes } from './scope-choice.js';

/** What an exchange needs beside the wish. */
export interface ExchangeTools {
  readonly settings: Settings;
  readonly provider: Provider;
  readonly signingKey: SigningKeyName;
  /** Who holds an access token of ours that is still good. */
  readToken(value: string): Promise<Principal | undefined>;
}

/** What an MCP server wishes for. */
export interface ExchangeWish {
  /** The server that wishes. */
  readonly by: LocalResource;
  /** As a client of the engine. */
  readonly client: Client;
  /** The access token that its caller sent. */
  readonly subjectToken: string;
  /** The servers that the new token is to be for; exactly one will do. */
  readonly audiences: readonly string[];
  /** Default: all that the server may have there. */
  readonly scope: string | undefined;
  /** The thumbprint of the key that the new token is to be bound to. */
  readonly jkt: string | undefined;
  readonly requestId?: string;
}

/** What came of it. */
export interface ExchangedToken {
  readonly value: string;
  readonly scheme: 'Bearer' | 'DPoP';
  readonly scope: string;
  readonly expiresIn: number;
}

/** The most servers that may stand behind one another. */
const LONGEST_CHAIN = 4;

/**
 * A token for another MCP server on behalf of who called this one. It says so in `act`, ends with the grant of the caller's token and
 * not after it, and has no more than the operator lets this server have there, the caller's client have anywhere and the person allow.
 * It is not for the caller: its client is the server that exchanged.
 *
 * @throws {errors.InvalidRequest} when the caller's token is not good, or not for this server.
 * @throws {errors.InvalidTarget} when this server may not call the other one.
 * @throws {errors.InvalidScope} when nothing is left.
 * @see RFC 8693 §2, §4.1, §4.3
 */
export async function exchangeToken(
  { settings, provider, signingKey, readToken }: ExchangeTools,
  wish: ExchangeWish,
): Promise<ExchangedToken> {
  const { by, client, audiences, jkt, requestId } = wish;
  const principal = await readToken(wish.subjectToken);
  if (principal?.claims.aud !== by.resource) {
    throw new errors.InvalidRequest(
      'the subject token is not one for this server that is still good',
    );
  }
  if (principal.confirmation && jkt === undefined) {
    throw new errors.InvalidRequest(
      'the subject token is bound to a key: prove one for the new token',
    );
  }
  const { subject, claims } = principal;
  if (actorsOf(claims).length >= LONGEST_CHAIN) {
    throw new errors.InvalidRequest(
      `more than ${LONGEST_CHAIN} servers would stand behind one another`,
    );
  }
  const { target, most } = targetOf(settings, by, audiences);
  const { grantId, ceilings } = await holdingsOf(settings, principal);
  let scopes = narrowScopes(target, wish.scope ?? most.join(' '), most);
  for (const ceiling of ceilings) scopes = target.scopes.intersect(scopes, ceiling);
  if (scopes.length === 0) {
    throw new errors.InvalidScope('nothing of this may be had there', wish.scope ?? '');
  }
  const now = Math.floor(Date.now() / 1000);
  const exp = Math.min(principal.expiresAt, now + settings.accessTokenSeconds);
  if (exp <= now) throw new errors.InvalidRequest('the subject token is about to end');

  const scope = scopes.join(' ');
  const token = new provider.AccessToken({
    accountId: subject,
    client,
    ...(grantId === undefined ? {} : { grantId }),
    gty: TOKEN_EXCHANGE,
    scope,
    exp,
  } as ConstructorParameters<Provider['AccessToken']>[0]);
  token.resourceServer = new provider.ResourceServer(target.resource, {
    scope,
    audience: target.resource,
    accessTokenFormat: 'jwt',
    accessTokenTTL: exp - now,
    jwt: { sign: signingKey },
  });
  if (jkt !== undefined) token.setThumbprint('jkt', jkt);
  noteToken(token, {
    claims: {
      act: actorWith(client.clientId, claims),
      ...(claims.auth_time === undefined ? {} : { auth_time: claims.auth_time }),
    },
    detail: `exchanged by ${client.clientId} for ${target.resource}`,
    ...(requestId === undefined ? {} : { requestId }),
  });
  const value = await token.save();
  // What ends from now on ends the new token too; of what has ended meanwhile it is too young to show a trace.
  if (!(await readToken(wish.subjectToken))) {
    throw new errors.InvalidRequest('the subject token has just ended');
  }
  return { value, scheme: jkt === undefined ? 'Bearer' : 'DPoP', scope, expiresIn: exp - now };
}

function targetOf(
  settings: Settings,
  { server }: LocalResource,
  audiences: readonly string[],
): { readonly target: LocalResource; readonly most: readonly string[] } {
  const [audience, ...others] = [...new Set(audiences)];
  const allowed = server?.exchange?.find((one) => one.audience === audience);
  if (!allowed || others.length > 0) {
    throw new errors.InvalidTarget('exactly one server that may be called has to be named');
  }
  return { target: resourceOf(settings, audience), most: allowed.scopes };
}

/** The grant behind a caller's token, and what bounds it: what its person may allow, and the client that the person gave it to. */
async function holdingsOf(
  settings: Settings,
  { actor, subject, tokenId }: Principal,
): Promise<{ readonly grantId?: string; readonly ceilings: readonly (readonly string[])[] }> {
  const { store, accounts } = settings;
  if (actor === 'client') return { ceilings: [ceilingOf(subject, settings) ?? []] };
  const grantId = (await store.read(ISSUED_TOKEN, tokenId))?.payload.grantId;
  const grant = typeof grantId === 'string' ? await store.read('Grant', grantId) : undefined;
  const account = await accounts.find(subject);
  if (typeof grantId !== 'string' || !grant || !account) {
    throw new errors.InvalidRequest('the grant behind the subject token has ended');
  }
  const ceilings = [ceilingOf(String(grant.payload.clientId), settings), account.scopes];
  return { grantId, ceilings: ceilings.filter((ceiling) => ceiling !== undefined) };
}
