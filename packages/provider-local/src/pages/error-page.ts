import { cleanLine, cleanName } from './display-text.js';
import { type Html, html } from './html.js';
import { code, layout } from './layout.js';
import { texts } from './texts.js';
import type { ErrorView } from './views.js';

/**
 * The page for what cannot be answered to the client: an unknown client, a redirect address that does not match, a form
 * that was answered before. It leads nowhere.
 */
export function errorPage(view: ErrorView): string {
  const title = cleanLine(view.title);
  return layout(view, {
    title,
    main: html`<h1>${title}</h1>
<p class="lead">${cleanLine(view.advice)}</p>
${ways(view)}<dl class="technical">
${view.error !== undefined && html`<div><dt>${texts.error.code}</dt><dd>${code(`${view.status} ${cleanName(view.error, '')}`)}</dd></div>`}
<div><dt>${texts.error.requestId}</dt><dd>${code(view.requestId)}</dd></div>
</dl>`,
  });
}

function ways({ ways: all = [] }: ErrorView): Html | undefined {
  if (all.length === 0) return undefined;
  return html`<h2>${texts.error.ways}</h2>
<dl class="facts">
${all.map(([app, way]) => html`<div><dt>${app}</dt><dd>${way}</dd></div>\n`)}
</dl>
`;
}
