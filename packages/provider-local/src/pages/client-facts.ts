import { plainAddress, plainHost } from './display-text.js';
import { type Html, html } from './html.js';
import { code } from './layout.js';
import { texts } from './texts.js';
import type { ClientTrust, ConsentView } from './views.js';

const { consent } = texts;

/** What a page says about a client before anything is allowed to it. */
type ClientView = Pick<ConsentView, 'trust' | 'redirect' | 'resource'>;

/** Who asks, how far that can be trusted, and where the answer goes. */
export function clientFacts(view: ClientView, client: string): Html {
  return html`<dl class="facts">
<div><dt>${consent.app}</dt><dd>${client}</dd></div>
<div><dt>${consent.publisher}</dt><dd>${publisher(view.trust)}</dd></div>
<div><dt>${consent.redirect}</dt><dd>${destination(view)}</dd></div>
<div><dt>${consent.server}</dt><dd>${code(view.resource)}</dd></div>
</dl>`;
}

/** Who made a client, and how far that can be trusted, in words. */
export function publisher(trust: ClientTrust): Html {
  switch (trust.kind) {
    case 'registered':
      return html`${consent.trust.registered}`;
    case 'document':
      return html`<strong>${plainHost(trust.host)}</strong> <span class="aside">(${consent.trust.documentHint})</span>`;
    case 'self_registered':
      return html`<strong class="unverified">${consent.trust.selfRegistered}</strong>: ${consent.trust.selfRegisteredHint}`;
  }
}

function destination({ redirect, trust }: ClientView): Html {
  switch (redirect.kind) {
    case 'loopback':
      return html`<strong>${plainHost(redirect.host)}</strong> <span class="aside">(${consent.loopbackHint})</span>`;
    case 'scheme':
      return html`<strong>${consent.schemeName(plainAddress(redirect.scheme))}</strong> <span class="aside">(${consent.schemeHint})</span>`;
    case 'https': {
      const host = plainHost(redirect.host);
      const other = trust.kind === 'document' && plainHost(trust.host) !== host && trust.host;
      return html`<strong>${host}</strong>${other && html` <span class="aside">(${consent.otherHost(plainHost(other))})</span>`}`;
    }
  }
}

/**
 * The warning for an answer that stays on this device: a document proves who owns a domain, and not which program listens.
 *
 * @see CIMD §6.4 and "Localhost Redirect URI Risks" of the MCP security guide
 */
export function strangerWarning({ redirect }: ClientView, client: string): Html | undefined {
  if (redirect.kind === 'https') return undefined;
  return html`<div class="notice" role="note">
<p class="notice-title">${consent.warningTitle}</p>
<p>${consent.warning(client)}</p>
</div>`;
}

/** What a developer looks for, collapsed. */
export function technicalDetails({
  technical,
  resource,
}: Pick<ConsentView, 'technical' | 'resource'>): Html {
  const rows = [
    [consent.clientId, technical.clientId],
    [consent.redirectUri, technical.redirectUri],
    [consent.resource, resource],
    [consent.requestId, technical.requestId],
  ] as const;
  return html`<details class="more">
<summary>${consent.technical}</summary>
<dl class="technical">
${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${code(value)}</dd></div>\n`)}
</dl>
</details>`;
}
