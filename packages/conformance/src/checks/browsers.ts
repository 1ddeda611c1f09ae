import { isLoopback } from '@portcullis/core';
import { both, type Check, findings, group, skip, source } from '../suite/check.js';
import { describe, excerpt } from '../wire/excerpt.js';

/** What a page that is an MCP client has to be allowed to send, in lower case. */
export const REQUEST_HEADERS: readonly string[] = [
  ...['authorization', 'content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name'],
  ...['mcp-session-id', 'last-event-id'],
];

const namesIn = (value: string | null): readonly string[] =>
  (value ?? '').split(',').map((name) => name.trim().toLowerCase());

/** Pages, and those who pretend to be one. */
export const browsers: readonly Check[] = group('Host, Origin and CORS', [
  {
    id: 'RS-100',
    also: ['ATK-83'],
    title: 'A foreign Origin is refused.',
    remedy: 'Compare Origin, as a whole, with a list of your own on every request, and answer 403.',
    level: 'MUST',
    source: source.http,
    eras: both,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const { port } = new URL(stage.url);
      const found = findings();
      const origins = [
        'https://evil.example',
        'null',
        'http://localhost.evil.example',
        'http://localhost@evil.example',
        `${new URL(stage.url).origin}.evil.example`,
        `http://127.0.0.1.evil.example${port ? `:${port}` : ''}`,
      ];
      for (const origin of origins) {
        const answer = await stage.attempt(token, { headers: { Origin: origin } });
        // Whoever allows every origin says so; bearer tokens do not travel by themselves.
        if (answer.headers.get('access-control-allow-origin') === '*') continue;
        found.expect(answer.status === 403, () => `Origin ${origin}: ${describe(answer)}`);
      }
      const own = { Origin: new URL(stage.url).origin };
      const answer = await stage.attempt(token, { headers: own });
      found.expect(answer.status !== 403, () => `its own Origin: ${describe(answer)}`);
      return found.verdict;
    },
  },
  {
    id: 'CF-06',
    also: ['RS-100', 'ATK-83'],
    title: 'A server on loopback answers under its own Host only.',
    remedy:
      'Compare Host with the names of the server; a page that rebinds its name to 127.0.0.1 sends its own.',
    level: 'REC',
    source: source.http,
    eras: both,
    async run(stage) {
      if (!isLoopback(new URL(stage.url))) return skip('The server is not on loopback.');
      const token = await stage.token({ scopes: stage.probe.scopes });
      const { port } = new URL(stage.url);
      const found = findings();
      for (const host of [
        'evil.example',
        `evil.example:${port}`,
        `127.0.0.1.evil.example:${port}`,
      ]) {
        const answer = await stage.attempt(token, { headers: { Host: host } });
        const refused = answer.status >= 400 && answer.status < 500;
        found.expect(refused, () => `Host ${host}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-36',
    title: 'Pages can send what they must and read what they need.',
    remedy:
      'Answer preflight requests without a token, list the request headers of MCP by name, and expose WWW-Authenticate, Mcp-Session-Id and DPoP-Nonce.',
    level: 'REC',
    source: source.http,
    eras: 'any',
    async run(stage) {
      const { origin } = new URL(stage.url);
      const found = findings();
      const preflight = await stage.send({
        ...{ method: 'OPTIONS', url: stage.url },
        headers: [
          ['Origin', origin],
          ['Access-Control-Request-Method', 'POST'],
          ['Access-Control-Request-Headers', REQUEST_HEADERS.join(',')],
        ],
      });
      found.expect(preflight.status < 300, () => `preflight: ${preflight.status}`);
      const allowed = namesIn(preflight.headers.get('access-control-allow-headers'));
      // A star does not cover Authorization (Fetch §3.3.7).
      const missing = REQUEST_HEADERS.filter((name) => !allowed.includes(name));
      found.expect(
        missing.length === 0,
        () => `request headers not allowed: ${missing.join(', ')}`,
      );
      const refused = await stage.attempt(undefined, { headers: { Origin: origin } });
      const readable = refused.headers.get('access-control-allow-origin');
      const may = readable === '*' || readable === origin;
      found.expect(
        may,
        () => `the 401 allows ${readable === null ? 'no origin' : excerpt(readable)}`,
      );
      const exposed = namesIn(refused.headers.get('access-control-expose-headers'));
      const hidden = ['www-authenticate', 'mcp-session-id', 'dpop-nonce'].filter(
        (name) => !exposed.includes(name),
      );
      found.expect(hidden.length === 0, () => `not exposed: ${hidden.join(', ')}`);
      const cookies = refused.headers.get('access-control-allow-credentials');
      found.expect(cookies !== 'true', () => 'cookies are allowed');
      return found.verdict;
    },
  },
]);
