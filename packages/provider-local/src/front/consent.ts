import { createHash, randomBytes } from 'node:crypto';
import type { Account } from '../accounts/accounts.js';
import { ceilingOf } from '../clients/client-ceiling.js';
import { clientTrust } from '../clients/client-kind.js';
import { redirectTarget } from '../clients/redirect-uri.js';
import { enginePaths } from '../engine/engine-configuration.js';
import { resourceOf } from '../engine/engine-hooks.js';
import {
  CONSENT_DAYS,
  type ConsentKey,
  clientFingerprint,
  impliedBy,
  readConsent,
  writeConsent,
} from '../grants/remembered-consent.js';
import { includedScopes, scopeSentence } from '../grants/scope-choice.js';
import type { LocalResource } from '../local-options.js';
import { consentPage } from '../pages/consent-page.js';
import { bundleGroup } from '../pages/scope-group.js';
import type { ConsentView } from '../pages/views.js';
import { sendPage } from './answers.js';
import { appsPath } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { findClient } from './find-client.js';
import { type FormAnswer, type Interaction, parameterOf } from './interaction-types.js';
import { openTransaction } from './transactions.js';

/** All that a consent is about, looked up anew for the page and for its answer. */
interface Question {
  readonly key: ConsentKey;
  readonly account: Account;
  readonly resource: LocalResource;
  /** What may be ticked: requested, allowed to the client, allowed to the person. */
  readonly offered: readonly string[];
  readonly before: readonly string[];
}

async function questionOf(front: Front, interaction: Interaction): Promise<Question | undefined> {
  const { settings, engine } = front;
  const client = await findClient(engine, parameterOf(interaction, 'client_id'));
  const account = await settings.accounts.find(interaction.session?.accountId ?? '');
  if (!client || !account) return undefined;
  const resource = resourceOf(settings, parameterOf(interaction, 'resource'));
  const key = {
    subject: account.subject,
    client,
    redirectUri: parameterOf(interaction, 'redirect_uri'),
    resource: resource.resource,
  };
  const requested = parameterOf(interaction, 'scope').split(' ').filter(Boolean);
  const ceilings = [ceilingOf(client.clientId, settings), account.scopes];
  const offered = ceilings
    .filter((ceiling) => ceiling !== undefined)
    .reduce((scopes, ceiling) => resource.scopes.intersect(scopes, ceiling), requested);
  return { key, account, resource, offered, before: await readConsent(settings, key) };
}

/** What a page asks, in one value: who asks whom, for what, and what comes with it. */
function contentOf({ key, resource, offered }: Question): string {
  const { subject, client } = key;
  const implied = offered.map((scope) => impliedBy(resource.scopes, scope));
  const parts = [subject, clientFingerprint(client), offered, implied];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The client or the person has gone since the page before. */
function sendExpired({ pages }: Front, { response, requestId }: Exchange): void {
  const { status, page } = pages.error('expired', requestId);
  sendPage(response, status, page);
}

/** Asks what the client may do. */
export async function showConsent(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  problem?: ConsentView['problem'],
): Promise<void> {
  const { settings, audit, pages } = front;
  const { response, requestId } = exchange;
  const question = await questionOf(front, interaction);
  if (!question) return sendExpired(front, exchange);
  const { key, account, resource, offered, before } = question;
  const { scopes: vocabulary } = resource;
  const { uid } = interaction;
  const { clientId, clientName } = key.client;
  await audit.record(requestId, 'consent_shown', {
    clientId,
    subject: account.subject,
    requested: offered,
  });
  const content = contentOf(question);
  const csrf = await openTransaction(settings, response, { uid, step: 'consent', content });
  const action = `${settings.basePath}${enginePaths.authorization}/${uid}/interaction`;
  sendPage(
    response,
    200,
    consentPage({
      ...pages.frame,
      serverName: resource.name,
      action,
      switchAccount: `${action}/switch-account`,
      csrf,
      displayName: account.displayName,
      clientName: clientName ?? clientId,
      trust: clientTrust(clientId, settings.clients),
      redirect: redirectTarget(key.redirectUri),
      resource: resource.resource,
      choices: offered.map((scope) => {
        const included = includedScopes(vocabulary, scope);
        const group = bundleGroup(scope, included);
        return {
          scope,
          description: scopeSentence(vocabulary, scope),
          includes: included.map((one) => scopeSentence(vocabulary, one)),
          group,
          ticked: group !== 'broad' && problem !== 'nothing_ticked',
          isNew: before.length > 0 && vocabulary.missing(before, [scope]).length > 0,
        };
      }),
      alreadyAllowed: before
        .filter((scope) => vocabulary.missing(offered, [scope]).length > 0)
        .map((scope) => ({ scope, description: scopeSentence(vocabulary, scope) })),
      lastsDays: CONSENT_DAYS,
      connectedApps: appsPath(settings),
      technical: { clientId, redirectUri: key.redirectUri, requestId },
      ...(problem ? { problem } : {}),
    }),
  );
}

/**
 * Takes the decision: exactly `allow` or `deny`, and nothing beyond what was offered.
 *
 * @param shown - The content of the page that is answered. Whoever allows something else than is asked by now is asked again.
 */
export async function answerConsent(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  form: URLSearchParams,
  shown: string | undefined,
): Promise<FormAnswer> {
  const { settings, audit, engine } = front;
  const { requestId } = exchange;
  const question = await questionOf(front, interaction);
  const decisions = form.getAll('decision');
  const [decision] = decisions;
  if (!question) {
    sendExpired(front, exchange);
    return { kind: 'answered' };
  }
  if (decisions.length !== 1 || (decision !== 'allow' && decision !== 'deny')) {
    return { kind: 'refused', detail: 'the form has no decision' };
  }
  const { key, account, resource, offered, before } = question;
  const { scopes: vocabulary } = resource;
  const { clientId } = key.client;
  const ticked = [...new Set(form.getAll('scope'))];
  const facts = { clientId, subject: account.subject, requested: offered };
  if (decision === 'deny') {
    const description =
      offered.length > 0 ? 'The person declined' : 'The person can allow none of these scopes';
    await audit.record(requestId, 'consent_denied', facts);
    return {
      kind: 'result',
      result: { error: 'access_denied', error_description: description },
    };
  }
  if (shown !== contentOf(question)) {
    await showConsent(front, exchange, interaction, 'changed');
    return { kind: 'answered' };
  }
  if (offered.length === 0) return { kind: 'refused', detail: 'nothing was offered' };
  if (ticked.some((scope) => !offered.includes(scope))) {
    return { kind: 'refused', detail: 'the form has scopes that were not offered' };
  }
  if (ticked.length === 0) {
    await showConsent(front, exchange, interaction, 'nothing_ticked');
    return { kind: 'answered' };
  }
  const grant = new engine.provider.Grant({ accountId: account.subject, clientId });
  // Named before it is kept, so that the trail ties what comes of this answer to it.
  grant.jti = randomBytes(32).toString('base64url');
  const partial = ticked.length < offered.length;
  await audit.record(requestId, partial ? 'consent_partial' : 'consent_allowed', {
    ...facts,
    granted: ticked,
    grantId: grant.jti,
  });
  // What was unticked now is forgotten with all that covers it, though an older grant keeps it.
  const unticked = offered.filter((scope) => !ticked.includes(scope));
  const kept = before.filter(
    (scope) => vocabulary.missing([scope], unticked).length === unticked.length,
  );
  await writeConsent(settings, key, vocabulary.union(kept, ticked));
  grant.addResourceScope(resource.resource, ticked.join(' '));
  return { kind: 'result', result: { consent: { grantId: await grant.save() } } };
}
