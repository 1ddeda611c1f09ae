import { ProviderUnavailableError, parseScopeList } from '@portcullis/core';
import { errors } from 'oidc-provider';
import type { Account } from '../accounts/accounts.js';
import { ceilingOf } from '../clients/client-ceiling.js';
import { isOperators } from '../clients/client-kind.js';
import { stringParameter } from '../engine/engine-context.js';
import { resourceOf } from '../engine/engine-hooks.js';
import { noteToken } from '../engine/token-notes.js';
import { JWT_BEARER } from '../grants/grant-types.js';
import { narrowScopes } from '../grants/scope-choice.js';
import type { LocalResource } from '../local-options.js';
import type { Settings } from '../settings.js';
import { type AssertionGrant, refuseEnded } from './assertion-grant.js';
import type { ForeignPerson, IdentityProvider } from './assertion-options.js';
import type { VerifiedAssertion } from './assertion-verifier.js';

type Claims = VerifiedAssertion['claims'];

/** Seconds that the grant outlives its only token: clocks differ. */
const CLOCKS_DIFFER = 60;

/**
 * A person's token for an assertion of their identity provider, which was made for this very client and this very server. Nobody is
 * asked for consent: the organisation has decided. Only clients that authenticate have this grant (EXT-31), or whoever finds an
 * assertion could present it.
 *
 * @see draft-ietf-oauth-identity-assertion-authz-grant §4.4, MCP enterprise-managed authorization §5, §7
 */
export async function identityGrant(grant: AssertionGrant): Promise<void> {
  const { ctx, settings, hooks, proofs } = grant;
  const { client, params, provider } = ctx.oidc;
  const assertion = await settings.assertions.identity(grant.assertion);
  const { claims, from } = assertion;
  if (claims.client_id !== client.clientId) {
    throw new errors.InvalidGrant('The assertion was made for another client.');
  }
  const jkt = await proofs.keyOf(ctx);
  refuseForeignKey(claims, jkt);
  const resource = await resourceFor(claims, params.resource, grant);
  const account = await accountOf(from, claims, settings);
  const { clientId } = client;
  const { subject } = account;
  const scope = scopesFor(claims, params.scope, resource, [
    ceilingOf(clientId, settings),
    account.scopes,
  ]).join(' ');
  await assertion.refuseSpent();

  // Noted before it is asked whether all access has ended: whoever ends it from now on finds it.
  const held = new provider.Grant({ accountId: subject, clientId });
  held.addResourceScope(resource.resource, scope);
  held.exp = Math.floor(Date.now() / 1000) + settings.accessTokenSeconds + CLOCKS_DIFFER;
  const grantId = await held.save();
  try {
    await refuseEnded(grant, assertion, { subject }, { clientId }, { subject, clientId });
    const token = new provider.AccessToken({
      accountId: subject,
      client,
      grantId,
      gty: JWT_BEARER,
      scope,
    });
    if (jkt !== undefined) token.setThumbprint('jkt', jkt);
    const info = await hooks.resourceServer(ctx, resource.resource, client);
    token.resourceServer = new provider.ResourceServer(resource.resource, { ...info, scope });
    noteToken(token, { detail: `by assertion of ${from.issuer}` });
    ctx.oidc.entity('AccessToken', token);
    const access_token = await token.save();
    await assertion.spend();
    const { expiration: expires_in, tokenType: token_type } = token;
    ctx.body = { access_token, expires_in, scope, token_type };
  } catch (error) {
    // Whatever went wrong: among the apps that the person sees as connected, there is none that has nothing.
    await settings.store.removeGrant(grantId);
    throw error;
  }
}

/** EXT-33: an assertion that is bound to a key needs the proof of that key; bound to anything else, nobody could check it. */
function refuseForeignKey({ cnf }: Claims, jkt: string | undefined): void {
  if (cnf === undefined) return;
  const bound = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  const [[member, value] = []] = bound;
  if (bound.length === 1 && member === 'jkt' && jkt !== undefined && value === jkt) return;
  throw new errors.InvalidGrant('The assertion is bound to a key that the request does not prove.');
}

/** EXT-26: what the assertion names must be ours, and what is asked for must be in it. */
async function resourceFor(
  { resource: claimed }: Claims,
  parameter: unknown,
  { ctx, settings, hooks }: AssertionGrant,
): Promise<LocalResource> {
  const named = claimed === undefined ? undefined : [claimed].flat();
  const known = settings.resources.map(({ resource }) => resource);
  if (named?.length === 0 || named?.some((one) => !known.includes(one as string))) {
    throw new errors.InvalidGrant('The assertion is for a resource that is not ours.');
  }
  const requested = parameter === undefined ? named : [parameter].flat();
  if (requested === undefined) {
    return resourceOf(settings, await hooks.defaultResource(ctx, ctx.oidc.client));
  }
  const [wanted, ...others] = requested;
  if (others.length > 0 || (named && !named.some((one) => one === wanted))) {
    throw new errors.InvalidTarget('exactly one resource of the assertion has to be named');
  }
  return resourceOf(settings, wanted);
}

/** EXT-32: by issuer, subject and tenant; the operator alone says whose account that is. */
async function accountOf(
  { issuer, tenants, account }: IdentityProvider,
  claims: Claims,
  { accounts, clients }: Settings,
): Promise<Account> {
  const { sub, tenant } = claims;
  const trusted =
    tenants === undefined
      ? tenant === undefined
      : typeof tenant === 'string' && tenants.includes(tenant);
  if (!trusted) throw new errors.InvalidGrant('The tenant of the assertion is not trusted.');
  const person: ForeignPerson = {
    issuer,
    subject: sub,
    ...(typeof tenant === 'string' ? { tenant } : {}),
    claims,
  };
  const subject = await asked(Promise.resolve(person).then(account));
  const found = subject === undefined ? undefined : await asked(accounts.find(subject));
  // Whoever is called like a client is nobody, or a client's token could pass for theirs (AS-50).
  if (!found || clients.has(found.subject) || !isOperators(found.subject))
    throw new errors.InvalidGrant('Nobody here is the person of the assertion.');
  return found;
}

/** Whoever cannot say who a person is has not said that they are nobody. */
async function asked<Value>(question: Promise<Value>): Promise<Value> {
  try {
    return await question;
  } catch (cause) {
    throw new ProviderUnavailableError('The accounts cannot be asked.', { cause });
  }
}

/**
 * EXT-27: what is asked for, the assertion allows, the operator allows the client, and the person may allow. An assertion without
 * `scope` sets no limit of its own.
 */
function scopesFor(
  { scope: claimed }: Claims,
  parameter: unknown,
  resource: LocalResource,
  ceilings: readonly (readonly string[] | undefined)[],
): readonly string[] {
  const asserted = typeof claimed === 'string' ? parseScopeList(claimed) : undefined;
  if (claimed !== undefined && asserted === undefined) {
    throw new errors.InvalidGrant('The scope of the assertion is malformed.');
  }
  const requested = stringParameter(parameter);
  let scopes = narrowScopes(resource, requested ?? asserted?.join(' '), asserted);
  for (const ceiling of ceilings) {
    if (ceiling !== undefined) scopes = resource.scopes.intersect(scopes, ceiling);
  }
  if (scopes.length === 0) {
    throw new errors.InvalidScope('nothing of this can be granted', requested ?? '');
  }
  return scopes;
}
