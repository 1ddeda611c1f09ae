import { isLoopback } from '@portcullis/core';
import { cleanName } from './display-text.js';
import { html } from './html.js';
import { layout, letterTile } from './layout.js';
import { texts } from './texts.js';
import type { HandBackView } from './views.js';

/** Schemes that run or read something here instead of calling an app; no registration makes them right. */
const neverFollowed: ReadonlySet<string> = new Set([
  'about:',
  'blob:',
  'chrome:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'javascript:',
  'resource:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
]);

/**
 * The page that sends the browser on to the client: at once, and by a link for browsers that ask before they open an app.
 * A redirect after a form would be stopped by `form-action 'self'`.
 *
 * @throws {TypeError} when `view.location` is no absolute URL in visible ASCII, when its scheme is one that no client may have, or is `http:`
 *   elsewhere than on loopback. The message never holds the location, which carries the code.
 */
export function handBackPage(view: HandBackView): string {
  const location = checkedLocation(view.location);
  const client = cleanName(view.clientName, texts.unnamedClient);
  // Chromium opens no app from a refresh: "a user gesture is required".
  const lead = /^https?:/i.test(location) ? texts.handBack.lead : texts.handBack.leadToApp(client);
  const title = texts.handBack[view.outcome](client);
  return layout(view, {
    title,
    head: html`<meta http-equiv="refresh" content="0;url=${location}">`,
    main: html`<div class="heading">${letterTile(client)}<h1>${title}</h1></div>
<p class="lead">${lead}</p>
<p><a class="button button-main" href="${location}" rel="noreferrer">${texts.handBack.link(client)}</a></p>
<p class="fine">${texts.handBack.after}</p>`,
  });
}

/**
 * Lets a location through that a page may lead to.
 *
 * @throws {TypeError} for any other.
 */
export function checkedLocation(location: string): string {
  // Browsers drop tabs and line breaks inside a URL, and so would find another scheme than we read.
  const url = /^[\x21-\x7E]+$/.test(location) ? URL.parse(location) : null;
  if (!url) throw new TypeError('The hand-back location must be an absolute URL in visible ASCII.');
  if (neverFollowed.has(url.protocol)) {
    throw new TypeError(`The hand-back location must not use the scheme "${url.protocol}".`);
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new TypeError('The hand-back location must not use "http:" outside of loopback.');
  }
  return location;
}
