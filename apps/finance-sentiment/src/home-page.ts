import { about } from './about.js';
import { type ClientSnippet, clientSnippets } from './clients.js';
import { HOME_STYLE_PATH } from './home-style.js';
import { escapeHtml } from './html.js';

/** Security headers of the page: no script, one style of our own, nothing from elsewhere, in no frame. */
export const homePageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * What a person sees who opens the server's address in a browser: what this is, and where clients connect.
 *
 * @param issuer - Who signs people in.
 */
export function homePage(mcpUrl: string, issuer: string): string {
  const { origin, host } = new URL(issuer);
  const embedded = origin === new URL(mcpUrl).origin;
  const there = embedded
    ? 'back here to sign in and to choose what it may do'
    : `to ${host} to sign in`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(about.title)}, an MCP server</title>
<link rel="stylesheet" href="${HOME_STYLE_PATH}">
</head>
<body>
<main>
<div class="card">
<h1>${escapeHtml(about.title)}</h1>
<p class="lead">This is an MCP server that ${escapeHtml(about.purpose)}. Point an MCP client at this
address; it will send you ${escapeHtml(there)}.</p>
<p class="address"><code>${escapeHtml(mcpUrl)}</code></p>
${embedded ? CONNECTED_APPS : ''}</div>
<h2>Connect a client</h2>
${clientSnippets(mcpUrl).map(card).join('\n')}
</main>
</body>
</html>
`;
}

/** The embedded issuer's page for people: what may act for them, and how to end that. */
const CONNECTED_APPS = `<p class="apps"><a href="/connected-apps">See and remove the apps that you have connected</a></p>
`;

function card({ client, where, snippet, note }: ClientSnippet): string {
  return `<section class="card client">
<h3>${escapeHtml(client)}</h3>
<p class="where">${escapeHtml(where)}</p>
<pre>${escapeHtml(snippet)}</pre>${note ? `\n<p class="note">${escapeHtml(note)}</p>` : ''}
</section>`;
}
