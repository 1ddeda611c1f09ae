import { publisher } from './client-facts.js';
import { cleanLine, cleanName } from './display-text.js';
import { type Html, html } from './html.js';
import { alertBox, code, layout, letterTile, statusBox } from './layout.js';
import { texts } from './texts.js';
import type { ConnectedAppsView, ConnectedAppView, ServerAccess } from './views.js';

const { connectedApps } = texts;

/** With more sentences than this, they are collapsed. */
const MOST_OPEN = 6;

/**
 * The page that shows a person which clients may act for them. Each "Remove" posts `csrf` and `client` to `view.remove`, after a
 * second press; "Sign out" posts `csrf` to `view.signOut`.
 */
export function connectedAppsPage(view: ConnectedAppsView): string {
  const { apps, notice } = view;
  return layout(view, {
    title: connectedApps.title,
    aside: html`<form method="post" action="${view.signOut}" class="account">
<input type="hidden" name="csrf" value="${view.csrf}">
<span class="account-name">${connectedApps.signedInAs} <strong>${cleanName(view.displayName, '')}</strong></span>
<button type="submit" class="link">${connectedApps.signOut}</button>
</form>`,
    main: html`<h1>${connectedApps.title}</h1>
${notice?.kind === 'stale' && alertBox(connectedApps.staleTitle, connectedApps.stale)}
${notice?.kind === 'removed' && statusBox(connectedApps.removedTitle(nameOf(notice)), connectedApps.removed)}
<p class="lead">${apps.length === 0 ? connectedApps.none : connectedApps.lead}</p>
${apps.map((app, index) => appSection(view, app, `app-${index + 1}`))}
${view.more && html`<p class="fine">${connectedApps.more}</p>`}`,
  });
}

function nameOf({ clientName }: { readonly clientName: string }): string {
  return cleanName(clientName, texts.unnamedClient);
}

function appSection(view: ConnectedAppsView, app: ConnectedAppView, id: string): Html {
  const name = nameOf(app);
  return html`<article class="app" aria-labelledby="${id}">
<div class="heading">${letterTile(name)}<h2 id="${id}">${name}</h2></div>
<dl class="facts">
<div><dt>${connectedApps.publisher}</dt><dd>${publisher(app.trust)}</dd></div>
<div><dt>${connectedApps.since}</dt><dd>${day(app.since)}</dd></div>
<div><dt>${connectedApps.lastUsed}</dt><dd>${app.lastUsed === undefined ? connectedApps.never : day(app.lastUsed)}</dd></div>
</dl>
${app.servers.map((server) => serverAccess(server))}
<details class="more">
<summary>${connectedApps.technical}</summary>
<dl class="technical"><div><dt>${connectedApps.clientId}</dt><dd>${code(app.clientId)}</dd></div></dl>
</details>
${removal(view, app.clientId, name)}
</article>
`;
}

function serverAccess({ name, scopes }: ServerAccess): Html {
  const server = cleanLine(name);
  return html`<details class="more"${scopes.length <= MOST_OPEN && html` open`}>
<summary>${connectedApps.may(server, scopes.length)}</summary>
<ul>
${scopes.map(({ scope, description }) => html`<li>${cleanLine(description)} ${code(scope)}</li>\n`)}
</ul>
</details>`;
}

function removal({ csrf, remove }: ConnectedAppsView, clientId: string, name: string): Html {
  return html`<details class="removal">
<summary class="button">${connectedApps.remove}<span class="unseen"> ${name}</span></summary>
<form method="post" action="${remove}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="client" value="${clientId}">
<p>${connectedApps.removeMeans(name)}</p>
<button type="submit" class="button button-bad">${connectedApps.removeNow}<span class="unseen"> ${name}</span></button>
</form>
</details>`;
}

/** The day in UTC: without a script nobody knows where the reader is. */
function day(seconds: number): Html {
  const date = new Date(seconds * 1000);
  return html`<time datetime="${date.toISOString()}">${texts.day(date)}</time>`;
}
