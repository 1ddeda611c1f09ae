import { clientFacts, strangerWarning, technicalDetails } from './client-facts.js';
import { cleanLine, cleanName, plainHost } from './display-text.js';
import { type Html, html } from './html.js';
import { alertBox, code, layout, letterTile } from './layout.js';
import type { SignInElsewhereView } from './sign-in-elsewhere-view.js';
import { duration, texts } from './texts.js';

const { elsewhere } = texts;

/**
 * The page before a sign-in elsewhere: which client wants it, where the answer goes, who will sign the person in and what is asked
 * of them. Posts `csrf` and `decision` (`continue` or `cancel`) to `view.action`.
 */
export function signInElsewherePage(view: SignInElsewhereView): string {
  const upstream = cleanName(view.upstreamName, '');
  const server = cleanLine(view.serverName);
  const title = elsewhere.title(server);
  return layout(view, {
    title,
    main: html`<div class="heading">${letterTile(server)}<h1>${title}</h1></div>
${problem(view, upstream)}
${lead(view, upstream)}
<h2>${elsewhere.asks(upstream)}</h2>
<ul>
${view.upstreamScopes.map((scope) => html`<li>${scopeLine(scope)}</li>\n`)}
</ul>
<p class="fine">${elsewhere.at} <strong>${plainHost(view.upstreamHost)}</strong>. ${elsewhere.stays}</p>
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
${view.prompt !== undefined && html`<input type="hidden" name="prompt" value="${view.prompt}">`}
<div class="ways">
${view.client && html`<button type="submit" class="button" name="decision" value="cancel">${elsewhere.cancel}</button>`}
<button type="submit" class="button button-main" name="decision" value="continue">${elsewhere.go(upstream)}</button>
</div>
</form>
${view.client && technicalDetails(view.client)}`,
  });
}

function lead({ client }: SignInElsewhereView, upstream: string): Html {
  if (!client) return html`<p class="lead">${elsewhere.leadToApps(upstream)}</p>`;
  const name = cleanName(client.name, texts.unnamedClient);
  return html`<p class="lead">${elsewhere.lead(name, upstream)}</p>
${clientFacts(client, name)}
${strangerWarning(client, name)}`;
}

function scopeLine(scope: string): Html {
  const sentence = Object.hasOwn(elsewhere.scopes, scope)
    ? elsewhere.scopes[scope as keyof typeof elsewhere.scopes]
    : '';
  return html`${sentence} ${code(scope)}`;
}

function problem(view: SignInElsewhereView, upstream: string): Html | undefined {
  const { problem: what } = view;
  if (!what) return undefined;
  const { title, text } = elsewhere.problems[what.kind](upstream);
  const wait = what.kind === 'throttled' ? ` ${elsewhere.wait(duration(what.retryAfter))}` : '';
  return alertBox(title, `${text}${wait}`);
}
