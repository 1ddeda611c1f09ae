import { expect } from 'vitest';
import {
  at,
  type Broken,
  both,
  challenge,
  endpoint,
  later,
  METADATA,
  notFound,
} from './damage.harness.js';

/** What the endpoint itself says wrongly. */
export const brokenChallenges: readonly Broken[] = [
  {
    breaks: 'redirects',
    damage: endpoint((answer) => {
      Object.assign(answer, { status: 308, headers: { location: 'https://other.example/mcp' } });
    }),
    found: [
      'fail redirect ORIGIN/mcp: POST answered 308, to "https://other.example/mcp". It was not followed.',
    ],
  },
  {
    breaks: 'has a clock that is fast',
    damage: endpoint((answer) => {
      answer.headers.date = later(7201);
    }),
    found: [
      expect.stringMatching(
        /^warn clock ORIGIN\/mcp: The clock of 127\.0\.0\.1:\d+ is 720[012] s ahead of that of this machine\.$/,
      ),
    ],
  },
  {
    breaks: 'has a clock that is slow',
    damage: endpoint((answer) => {
      answer.headers.date = later(-100);
    }),
    found: [
      expect.stringMatching(
        /^warn clock ORIGIN\/mcp: The clock of 127\.0\.0\.1:\d+ is \d+ s behind that of this machine\.$/,
      ),
    ],
  },
  {
    breaks: 'lets everybody in',
    damage: endpoint((answer) => Object.assign(answer, { status: 200, headers: {}, body: '{}' })),
    found: [
      'fail challenge ORIGIN/mcp: POST without a token answered 200 in place of 401. The server is open to everybody.',
      'fail era-2026 ORIGIN/mcp: A request of 2026-07-28 was answered 200: anybody may list tools.',
      'fail bad-token ORIGIN/mcp: A bad token was answered 200: it was accepted.',
    ],
  },
  {
    breaks: 'is not at this path',
    damage: endpoint(notFound),
    found: ['fail challenge ORIGIN/mcp: POST without a token answered 404 in place of 401.'],
  },
  {
    breaks: 'has a gateway that renames the challenge',
    damage: endpoint((answer) => {
      answer.headers['x-amzn-remapped-www-authenticate'] = String(
        answer.headers['www-authenticate'],
      );
      delete answer.headers['www-authenticate'];
    }),
    found: [
      'fail challenge ORIGIN/mcp: A gateway has renamed WWW-Authenticate to x-amzn-remapped-www-authenticate.',
      'fail era-2026 ORIGIN/mcp: The 401 to a request of 2026-07-28 has no Bearer challenge.',
      'warn bad-token ORIGIN/mcp: A bad token got a 401 with no error.',
    ],
  },
  {
    breaks: 'has no challenge in its 401',
    damage: endpoint((answer) => void delete answer.headers['www-authenticate']),
    found: [
      'fail challenge ORIGIN/mcp: The 401 has no WWW-Authenticate.',
      'fail era-2026 ORIGIN/mcp: The 401 to a request of 2026-07-28 has no Bearer challenge.',
      'warn bad-token ORIGIN/mcp: A bad token got a 401 with no error.',
    ],
  },
  {
    breaks: 'has a challenge that nobody can parse',
    damage: challenge(() => 'Bearer scope="mcp:tools:weather'),
    found: [
      'fail challenge ORIGIN/mcp: The 401 has a header that says no readable Bearer: "Bearer scope="mcp:tools:weather".',
      'fail era-2026 ORIGIN/mcp: The 401 to a request of 2026-07-28 has no Bearer challenge.',
      'warn bad-token ORIGIN/mcp: A bad token got a 401 with no error.',
    ],
  },
  {
    breaks: 'offers Basic first',
    damage: challenge((header) => `Basic realm="x", ${header}`),
    found: [
      'warn challenge-plain ORIGIN/mcp: They read resource_metadata as missing; it is "ORIGIN/.well-known/oauth-protected-resource/mcp".',
    ],
  },
  {
    breaks: 'speaks of scope= in a text',
    damage: challenge((header) => header.replace('Bearer ', 'Bearer realm="scope=x", ')),
    found: ['warn challenge-plain ORIGIN/mcp: They read scope as "x""; it is "mcp:tools:weather".'],
  },
  {
    breaks: 'links no metadata',
    damage: challenge((header) => header.replace(/resource_metadata="[^"]*"/, 'realm="x"')),
    found: ['warn metadata-link ORIGIN/mcp: The challenge has no resource_metadata.'],
  },
  {
    breaks: 'links its metadata by a path',
    damage: challenge((header) =>
      header.replace(/resource_metadata="[^"]*"/, `resource_metadata="${METADATA}"`),
    ),
    found: [
      'fail metadata-link ORIGIN/mcp: resource_metadata is no absolute URL: "/.well-known/oauth-protected-resource/mcp".',
    ],
  },
  {
    breaks: 'links the name that it has behind its proxy',
    damage: challenge((header) =>
      header.replace(/resource_metadata="[^"]*"/, 'resource_metadata="http://app.internal:8080/x"'),
    ),
    found: [
      'fail metadata-link ORIGIN/mcp: resource_metadata leads where no client can go: "http://app.internal:8080/x".',
    ],
  },
  {
    breaks: 'links metadata on another host',
    damage: challenge((header) =>
      header.replace(/resource_metadata="[^"]*"/, 'resource_metadata="https://other.example/x"'),
    ),
    found: [
      'warn metadata-link ORIGIN/mcp: resource_metadata is on another host, and was not asked: "https://other.example/x".',
    ],
  },
  {
    breaks: 'asks for no scope',
    damage: challenge((header) => header.replace(/scope="[^"]*"/, 'realm="x"')),
    found: ['warn challenge-scope ORIGIN/mcp: The challenge has no scope.'],
  },
  {
    breaks: 'separates scopes by commas',
    damage: challenge((header) => header.replace(/scope="[^"]*"/, 'scope="a, b"')),
    found: [
      'fail challenge-scope ORIGIN/mcp: The scope of the challenge is no list of scopes: "a, b".',
    ],
  },
  {
    breaks: 'has a scope that is none',
    damage: challenge((header) => header.replace(/scope="[^"]*"/, 'scope="a  b"')),
    found: [
      'fail challenge-scope ORIGIN/mcp: The scope of the challenge is no list of scopes: "a  b".',
    ],
  },
  {
    breaks: 'asks for offline_access',
    damage: challenge((header) => header.replace(/scope="[^"]*"/, 'scope="a offline_access"')),
    found: [
      'warn challenge-scope ORIGIN/mcp: The challenge asks for offline_access, which is between client and issuer.',
    ],
  },
  {
    breaks: 'names an error where no token came',
    damage: (answer, request) => {
      if (request.headers.authorization !== undefined) return;
      challenge((header) => `${header}, error="invalid_token"`)(answer, request);
    },
    found: [
      'warn challenge-error ORIGIN/mcp: The challenge names the error "invalid_token", without any token.',
    ],
  },
  {
    breaks: 'has its metadata elsewhere only',
    damage: both(
      at(METADATA, notFound),
      challenge((header) => header.replace(/resource_metadata="[^"]*"/, 'realm="x"')),
    ),
    found: [
      'warn metadata-link ORIGIN/mcp: The challenge has no resource_metadata.',
      'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered 404.',
    ],
  },
  {
    breaks: 'refuses pages of its own',
    damage: endpoint((answer) => Object.assign(answer, { status: 403 })),
    found: [
      'fail challenge ORIGIN/mcp: POST without a token answered 403 in place of 401.',
      'fail era-2026 ORIGIN/mcp: A request of 2026-07-28 was answered 403 in place of 401.',
      'fail bad-token ORIGIN/mcp: A bad token was answered 403 in place of 401.',
    ],
  },
];
