import { cleanName } from './display-text.js';
import { checkedLocation } from './hand-back-page.js';
import { html } from './html.js';
import { layout, letterTile } from './layout.js';
import type { SignInHandOverView } from './sign-in-elsewhere-view.js';
import { texts } from './texts.js';

/**
 * The page that sends the browser on to the upstream provider, at once and by a link.
 *
 * @throws {TypeError} as the hand-back page does, for a location that leads to no server.
 */
export function signInHandOverPage(view: SignInHandOverView): string {
  const { handOver } = texts;
  const location = checkedLocation(view.location);
  const upstream = cleanName(view.upstreamName, '');
  const title = handOver.title(upstream);
  return layout(view, {
    title,
    head: html`<meta http-equiv="refresh" content="0;url=${location}">`,
    main: html`<div class="heading">${letterTile(upstream)}<h1>${title}</h1></div>
<p class="lead">${handOver.lead}</p>
<p><a class="button button-main" href="${location}" rel="noreferrer">${handOver.link(upstream)}</a></p>`,
  });
}
