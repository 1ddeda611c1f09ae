import { type Html, html, layout, type PageFrame } from '@portcullis/provider-local/pages';
import { about } from './about.js';
import { type ClientSnippet, clientSnippets } from './clients.js';

/** What {@link homePage} tells. */
export interface HomePageView {
  readonly frame: PageFrame;
  /** Where clients connect. */
  readonly mcpUrl: string;
  /** Who signs people in. */
  readonly issuer: string;
  /** The page on which people see what they have connected, where there is one. */
  readonly connectedApps?: string | undefined;
}

/** What a person sees who opens the server's address in a browser: what this is, and what to copy into a client. */
export function homePage({ frame, mcpUrl, issuer, connectedApps }: HomePageView): string {
  const { origin, host } = new URL(issuer);
  const there =
    origin === new URL(mcpUrl).origin
      ? 'back here to sign in and to choose what it may do'
      : `to ${host} to sign in`;
  const snippets = clientSnippets(mcpUrl);
  const title = `Connect to ${about.title}`;
  return layout(frame, {
    title,
    main: html`<h1>${title}</h1>
<p class="lead">This is an MCP server that ${about.purpose}. Point an MCP client at this address; it will send you ${there}.</p>
<p class="address"><code>${mcpUrl}</code></p>
${
  connectedApps !== undefined &&
  html`<p class="fine"><a href="${connectedApps}">See and remove the apps that you have connected</a></p>`
}
<h2>Clients on your computer</h2>
${snippets.filter(({ calls }) => calls === 'here').map(clientSection)}
<h2>Clients that call from the internet</h2>
<p class="fine">Their makers’ servers open the connection: they need a public HTTPS address, on port 443.</p>
${snippets.filter(({ calls }) => calls !== 'here').map(clientSection)}`,
  });
}

function clientSection({ client, where, snippet, note }: ClientSnippet): Html {
  return html`<section class="client">
<h3>${client}</h3>
<p class="where">${where}</p>
<pre>${snippet}</pre>
${note !== undefined && html`<p class="where">${note}</p>`}
</section>
`;
}
