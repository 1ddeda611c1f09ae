import type { Account } from '../accounts/accounts.js';
import { clientTrust } from '../clients/client-kind.js';
import { type ConnectedApp, connectedApps } from '../grants/connected-apps.js';
import { scopeSentence } from '../grants/scope-choice.js';
import { connectedAppsPage } from '../pages/connected-apps-page.js';
import { groupOrder, scopeGroup } from '../pages/scope-group.js';
import type { ConnectedAppsView, ConnectedAppView } from '../pages/views.js';
import type { Settings } from '../settings.js';
import { redirectBrowser, sendPage } from './answers.js';
import { signedInHere, signOutHere } from './browser-session.js';
import { type AppsStep, appsPath, appsTransaction } from './connected-apps-paths.js';
import { answerAppsSignIn, showAppsSignIn } from './connected-apps-sign-in.js';
import type { Exchange, Front } from './exchange.js';
import { readAnswer, refuseForged } from './form-answers.js';
import { closeTransaction, openTransaction } from './transactions.js';

/** The forms of the pages. */
export type AppsForm = 'sign-in' | 'remove' | 'sign-out';

const steps: Readonly<Record<AppsForm, AppsStep>> = {
  'sign-in': 'connected_apps_sign_in',
  remove: 'connected_apps',
  'sign-out': 'connected_apps',
};

/** Shows a person the clients that may act for them, once it is known who is there. */
export async function showConnectedApps(front: Front, exchange: Exchange): Promise<void> {
  const account = await signedInHere(front, exchange);
  return account ? showList(front, exchange, account) : showAppsSignIn(front, exchange);
}

/** Takes one of the forms. What was pressed on a page that is out of date has no effect: the page of now is shown. */
export async function answerConnectedApps(
  front: Front,
  exchange: Exchange,
  form: AppsForm,
): Promise<void> {
  const outcome = await readAnswer(front, exchange);
  if (outcome.kind === 'forged') return refuseForged(front, exchange, outcome.detail);
  if (outcome.kind !== 'open') return showStale(front, exchange);
  const { transaction, token } = outcome;
  const close = () => closeTransaction(front.settings, token);
  if (transaction.step !== steps[form]) {
    return refuseForged(front, exchange, 'the form belongs to another page');
  }
  if (form === 'sign-in') return answerAppsSignIn(front, exchange, outcome.form, close);
  const account = await signedInHere(front, exchange);
  // Signed out since, or somebody else by now.
  if (!account || transaction.uid !== appsTransaction(account).uid || !(await close())) {
    return showStale(front, exchange);
  }
  if (form === 'sign-out') {
    await signOutHere(front, exchange);
    return redirectBrowser(exchange.response, appsPath(front.settings));
  }
  return remove(front, exchange, account, outcome.form.getAll('client'));
}

async function remove(
  front: Front,
  exchange: Exchange,
  account: Account,
  named: readonly string[],
): Promise<void> {
  const { subject } = account;
  const { apps } = await connectedApps(front.settings, subject);
  const app = named.length === 1 ? apps.find(({ clientId }) => clientId === named[0]) : undefined;
  if (!app) return showStale(front, exchange);
  const { clientId, clientName } = app;
  await front.revoke({ subject, clientId }, 'person');
  return showList(front, exchange, account, { kind: 'removed', clientName });
}

async function showStale(front: Front, exchange: Exchange): Promise<void> {
  const account = await signedInHere(front, exchange);
  if (!account) return showAppsSignIn(front, exchange);
  return showList(front, exchange, account, { kind: 'stale' });
}

async function showList(
  front: Front,
  { response }: Exchange,
  account: Account,
  notice?: ConnectedAppsView['notice'],
): Promise<void> {
  const { settings, pages } = front;
  const { apps, more } = await connectedApps(settings, account.subject);
  const csrf = await openTransaction(settings, response, appsTransaction(account));
  sendPage(
    response,
    notice?.kind === 'stale' ? 409 : 200,
    connectedAppsPage({
      ...pages.frame,
      csrf,
      displayName: account.displayName,
      remove: `${appsPath(settings)}/remove`,
      signOut: `${appsPath(settings)}/sign-out`,
      apps: apps.map((app) => appView(settings, app)),
      more,
      ...(notice ? { notice } : {}),
    }),
  );
}

const rank = (scope: string): number => groupOrder.indexOf(scopeGroup(scope));

function appView(settings: Settings, app: ConnectedApp): ConnectedAppView {
  const { clientId, clientName, since, lastUsed } = app;
  const servers = settings.resources.flatMap(({ resource, name, scopes: vocabulary }) => {
    const granted = app.scopes.get(resource);
    return granted
      ? [
          {
            name,
            scopes: granted
              .toSorted((a, b) => rank(a) - rank(b))
              .map((scope) => ({ scope, description: scopeSentence(vocabulary, scope) })),
          },
        ]
      : [];
  });
  const trust = clientTrust(clientId, settings.clients);
  const used = lastUsed === undefined ? {} : { lastUsed };
  return { clientId, clientName, trust, servers, since, ...used };
}
