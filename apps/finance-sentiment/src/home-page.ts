import { clientSnippets } from './clients.js';

/** Security headers of the page: no script, no style, nothing from elsewhere, in no frame. */
export const homePageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What a person sees who opens the server's address in a browser: what this is, and where clients connect. */
export function homePage(mcpUrl: string): string {
  const snippets = clientSnippets(mcpUrl).map(
    ({ client, where, snippet, note }) =>
      `<h2>${escapeHtml(client)}</h2>\n<p>${escapeHtml(where)}</p>\n<pre>${escapeHtml(snippet)}</pre>${note ? `\n<p>${escapeHtml(note)}</p>` : ''}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Finance Sentiment, an MCP server</title>
</head>
<body>
<h1>Finance Sentiment</h1>
<p>This is an MCP server that scores the sentiment of financial news. Point an MCP client at
<code>${escapeHtml(mcpUrl)}</code>; it will send you back here to sign in and to choose what it may do.</p>
${snippets.join('\n')}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
