import { cleanLine, plainAddress, plainHost } from './display-text.js';
import { type Html, html, render } from './html.js';
import { texts } from './texts.js';
import type { PageFrame } from './views.js';

/** The parts of a page that differ. */
export interface Layout {
  /** What the tab is called; starts with what the page is about. Cleaned by the layout. */
  readonly title: string;
  readonly main: Html;
  /** Goes to the right of the name of the server. */
  readonly aside?: Html;
  /** More for the head. */
  readonly head?: Html;
}

/** A whole document around the main part: no script, no style of its own, nothing from another origin. */
export function layout(frame: PageFrame, { title, main, aside, head }: Layout): string {
  const product = cleanLine(frame.productName ?? frame.serverName);
  const name = cleanLine(title);
  const page = html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${name}${name.includes(product) ? '' : ` · ${product}`}</title>
<link rel="icon" type="image/svg+xml" href="${frame.icon}">
<link rel="stylesheet" href="${frame.stylesheet}">
${head}
</head>
<body>
<div class="page">
<header class="top">
<p class="brand"><span class="brand-name">${product}</span> <span class="brand-host">${plainHost(frame.host)}</span></p>
${aside}
</header>
<main class="card">
${main}
</main>
${frame.privacyUrl !== undefined && html`<footer class="bottom"><a href="${frame.privacyUrl}" rel="noreferrer">${texts.privacy}</a></footer>`}
</div>
</body>
</html>
`;
  return render(page);
}

/** The summary of what went wrong, read out at once and focused, with no script, when the page appears. */
export function alertBox(title: string, text: string): Html {
  return html`<div class="notice notice-problem" role="alert" tabindex="-1" autofocus>
<p class="notice-title">${title}</p>
<p>${text}</p>
</div>`;
}

/** Says that something was done. */
export function statusBox(title: string, text: string): Html {
  return html`<div class="notice notice-done" role="status" tabindex="-1" autofocus>
<p class="notice-title">${title}</p>
<p>${text}</p>
</div>`;
}

/** The square with the first letter of a client: its own picture would be a request to somebody else. */
export function letterTile(name: string): Html {
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '?';
  return html`<span class="tile" aria-hidden="true">${letter.toLocaleUpperCase('en')}</span>`;
}

/** A text from a machine, whole and in visible ASCII; may break where its parts end. */
export function code(text: string): Html {
  const parts = plainAddress(text).split(/(?<=[:/_?&=-])(?=[A-Za-z0-9*])/);
  return html`<code>${parts.map((part, index) => (index === 0 ? html`${part}` : html`<wbr>${part}`))}</code>`;
}
