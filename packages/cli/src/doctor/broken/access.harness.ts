import { at, type Broken, endpoint, METADATA, notFound } from './damage.harness.js';

/** What goes wrong with pages, revisions, streams and bad tokens. */
export const brokenAccess: readonly Broken[] = [
  {
    breaks: 'asks for a token before a preflight',
    damage: endpoint((answer) => Object.assign(answer, { status: 401, headers: {} }), 'OPTIONS'),
    found: ['warn cors-preflight ORIGIN/mcp: OPTIONS answered 401.'],
  },
  {
    breaks: 'allows no origin in a preflight',
    damage: endpoint(
      (answer) => void delete answer.headers['access-control-allow-origin'],
      'OPTIONS',
    ),
    found: ['warn cors-preflight ORIGIN/mcp: The answer to OPTIONS allows no origin.'],
  },
  {
    breaks: 'allows all headers by a star',
    damage: endpoint((answer) => {
      answer.headers['access-control-allow-headers'] = '*, Content-Type, Accept';
    }, 'OPTIONS'),
    found: [
      'warn cors-preflight ORIGIN/mcp: Pages may not send authorization, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id.',
    ],
  },
  {
    breaks: 'refuses pages only',
    damage: (answer, request) => {
      if (request.headers.origin !== undefined && request.method === 'POST') answer.status = 403;
    },
    found: ['warn cors-challenge ORIGIN/mcp: POST from a page of its own answered 403.'],
  },
  {
    breaks: 'hides its 401 from pages',
    damage: endpoint((answer) => void delete answer.headers['access-control-allow-origin']),
    found: ['warn cors-challenge ORIGIN/mcp: The 401 allows no origin.'],
  },
  {
    breaks: 'allows an origin that is not the one of the page',
    damage: endpoint((answer) => {
      answer.headers['access-control-allow-origin'] = 'https://other.example';
    }),
    found: ['warn cors-challenge ORIGIN/mcp: The 401 allows no origin.'],
  },
  {
    breaks: 'hides its challenge from pages',
    damage: endpoint((answer) => {
      answer.headers['access-control-expose-headers'] = 'Mcp-Session-Id';
    }),
    found: ['warn cors-challenge ORIGIN/mcp: The 401 does not expose WWW-Authenticate.'],
  },
  {
    breaks: 'hides its metadata from pages',
    damage: at(METADATA, (answer) => void delete answer.headers['access-control-allow-origin']),
    found: [
      'warn cors-metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The document allows no origin.',
    ],
  },
  {
    breaks: 'judges the revision before the token',
    damage: (answer, request) => {
      if (request.headers['mcp-method'] !== undefined) Object.assign(answer, { status: 400 });
    },
    found: ['fail era-2026 ORIGIN/mcp: A request of 2026-07-28 was answered 400 in place of 401.'],
  },
  {
    breaks: 'opens streams for everybody',
    damage: endpoint(
      (answer) => Object.assign(answer, { status: 200, body: ': hello\n\n' }),
      'GET',
    ),
    found: ['fail stream ORIGIN/mcp: GET without a token was answered 200 in place of 401 or 405.'],
  },
  {
    breaks: 'has no GET',
    damage: endpoint((answer) => Object.assign(answer, { status: 405 }), 'GET'),
    found: [],
  },
  {
    breaks: 'does not know GET',
    damage: endpoint(notFound, 'GET'),
    found: ['warn stream ORIGIN/mcp: GET without a token was answered 404 in place of 401 or 405.'],
  },
  {
    breaks: 'answers a bad token with an error of its own',
    damage: (answer, { headers }) => {
      if (headers.authorization !== undefined) answer.status = 500;
    },
    found: ['fail bad-token ORIGIN/mcp: A bad token was answered 500 in place of 401.'],
  },
  {
    breaks: 'names the wrong error for a bad token',
    damage: (answer, { headers }) => {
      if (headers.authorization === undefined) return;
      answer.headers['www-authenticate'] = 'Bearer error="invalid_request"';
    },
    found: ['warn bad-token ORIGIN/mcp: A bad token got a 401 with the error "invalid_request".'],
  },
];
