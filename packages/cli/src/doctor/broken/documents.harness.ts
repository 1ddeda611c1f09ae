import { expect } from 'vitest';
import {
  at,
  type Broken,
  both,
  challenge,
  json,
  METADATA,
  members,
  notFound,
  page,
  ROOT,
} from './damage.harness.js';

/** Metadata of the endpoint that leads nowhere, or astray. */
export const brokenDocuments: readonly Broken[] = [
  {
    breaks: 'shows a page in place of its metadata',
    damage: at(METADATA, page),
    found: [
      'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered 200, and no JSON object, but a page.',
    ],
  },
  {
    breaks: 'sends its metadata as text',
    damage: at(METADATA, (answer) => {
      answer.headers['content-type'] = 'text/plain';
    }),
    found: [
      'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered JSON as "text/plain".',
    ],
  },
  {
    breaks: 'sends its metadata without a type',
    damage: at(METADATA, (answer) => void delete answer.headers['content-type']),
    found: [
      'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered JSON as no Content-Type.',
    ],
  },
  {
    breaks: 'links a document that is not there',
    damage: challenge((header) => header.replace(METADATA, '/metadata')),
    found: [
      'fail metadata-linked ORIGIN/metadata: The linked metadata cannot be read: GET answered 404.',
    ],
  },
  {
    breaks: 'links another document than the usual one',
    damage: both(
      challenge((header) => header.replace(METADATA, '/metadata')),
      at('/metadata', (answer, origin) =>
        json(answer, { resource: `${origin}/mcp/`, authorization_servers: [origin] }),
      ),
    ),
    found: [
      'fail metadata-linked ORIGIN/metadata: The linked document names the resource "ORIGIN/mcp/", the one at the usual place "ORIGIN/mcp".',
      'fail resource ORIGIN/metadata: The resource is "ORIGIN/mcp/", and clients call "ORIGIN/mcp": they differ by the slash at the end.',
    ],
  },
  {
    breaks: 'contradicts itself at the root',
    damage: at(ROOT, (answer, origin) => json(answer, { resource: `${origin}/other` })),
    found: [
      'fail metadata-root ORIGIN/.well-known/oauth-protected-resource: The root names the resource "ORIGIN/other", the document of the endpoint another one.',
    ],
  },
  {
    breaks: 'shows a page at the root',
    damage: at(ROOT, page),
    found: [
      'warn metadata-root ORIGIN/.well-known/oauth-protected-resource: At the root, GET answered 200, and no JSON object, but a page.',
    ],
  },
  {
    breaks: 'has an error at the root',
    damage: at(ROOT, (answer) => Object.assign(answer, { status: 500 })),
    found: [
      'warn metadata-root ORIGIN/.well-known/oauth-protected-resource: At the root, GET answered 500.',
    ],
  },
  {
    breaks: 'does not understand the root',
    damage: at(ROOT, (answer) => Object.assign(answer, { status: 400 })),
    found: [],
  },
  {
    breaks: 'links metadata that is not at the usual place',
    damage: both(
      challenge((header) => header.replace(METADATA, '/metadata')),
      at('/metadata', (answer, origin) =>
        json(answer, { resource: `${origin}/mcp`, authorization_servers: [origin] }),
      ),
      at(METADATA, notFound),
    ),
    found: [
      'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered 404.',
    ],
  },
  ...['[]', 'null', '"x"', '{'].map(
    (body): Broken => ({
      breaks: `has the metadata ${body}`,
      damage: at(METADATA, (answer) => Object.assign(answer, { body })),
      found: [
        'fail metadata ORIGIN/.well-known/oauth-protected-resource/mcp: The metadata cannot be read: GET answered 200, and no JSON object.',
      ],
    }),
  ),
  ...[null, ''].map(
    (resource): Broken => ({
      breaks: `names the resource ${JSON.stringify(resource)}`,
      damage: members(METADATA, () => ({ resource })),
      found: [
        'fail resource ORIGIN/.well-known/oauth-protected-resource/mcp: The resource is missing, and clients call "ORIGIN/mcp": it is no absolute URL.',
      ],
    }),
  ),
  {
    breaks: 'serves the same document at the root',
    damage: at(ROOT, (answer, origin) => json(answer, { resource: `${origin}/mcp` })),
    found: [],
  },
  {
    breaks: 'has a host that is a resource of its own',
    damage: at(ROOT, (answer, origin) => json(answer, { resource: origin })),
    found: [],
  },
  ...(
    [
      [(origin: string) => `${origin}/mcp/`, 'ORIGIN/mcp/', 'they differ by the slash at the end'],
      [
        (origin: string) => `${origin}/mcp`.replace('/mcp', '/MCP'),
        'ORIGIN/MCP',
        'they differ by upper and lower case',
      ],
      [
        (origin: string) => `${origin}/mcp`.replace('http:', 'https:'),
        expect.anything(),
        'it has https in place of http',
      ],
      [
        () => 'https://other.example/mcp',
        'https://other.example/mcp',
        'it has https in place of http and another host',
      ],
      [
        (_origin: string) => 'http://127.0.0.1:1/mcp',
        'http://127.0.0.1:1/mcp',
        'it has another port',
      ],
      [(origin: string) => origin, 'ORIGIN', 'it has another path'],
      [(origin: string) => `${origin}/mcp?x=1`, 'ORIGIN/mcp?x=1', 'they are spelt differently'],
      [(_origin: string) => 'mcp', 'mcp', 'it is no absolute URL'],
    ] as const
  ).map(
    ([resource, shown, why]): Broken => ({
      breaks: `names another resource: ${why}`,
      damage: members(METADATA, (origin) => ({ resource: resource(origin) })),
      found: [
        typeof shown === 'string'
          ? `fail resource ORIGIN/.well-known/oauth-protected-resource/mcp: The resource is "${shown}", and clients call "ORIGIN/mcp": ${why}.`
          : expect.stringMatching(
              /^fail resource ORIGIN\/\S+: The resource is "https:\/\/127\.0\.0\.1:\d+\/mcp", and clients call "ORIGIN\/mcp": it has https in place of http\.$/,
            ),
      ],
    }),
  ),
  {
    breaks: 'names no resource',
    damage: members(METADATA, () => ({ resource: undefined })),
    found: [
      'fail resource ORIGIN/.well-known/oauth-protected-resource/mcp: The resource is missing, and clients call "ORIGIN/mcp".',
    ],
  },
  ...(
    [
      [undefined, 'authorization_servers is missing.'],
      [[], 'authorization_servers is [].'],
      ['https://issuer.example', 'authorization_servers is "https://issuer.example".'],
      [['issuer.example'], 'authorization_servers has "issuer.example", which is no URL.'],
      [[7], 'authorization_servers has 7, which is no URL.'],
      [
        ['http://issuer.example'],
        'Clients cannot go to the authorization server "http://issuer.example": it is neither HTTPS nor, like the endpoint, on loopback.',
      ],
    ] as const
  ).map(
    ([servers, said]): Broken => ({
      breaks: `names the issuers ${JSON.stringify(servers)}`,
      damage: members(METADATA, () => ({ authorization_servers: servers })),
      found: [
        `fail authorization-servers ORIGIN/.well-known/oauth-protected-resource/mcp: ${said}`,
      ],
    }),
  ),
  ...(
    [
      [[], 'scopes_supported is no list of scopes: [].'],
      ['a b', 'scopes_supported is no list of scopes: "a b".'],
      [['a', 'b c'], 'scopes_supported is no list of scopes: ["a","b c"].'],
      [['a b'], 'scopes_supported is no list of scopes: ["a b"].'],
      [['a', 7], 'scopes_supported is no list of scopes: ["a",7].'],
      [
        ['a', 'offline_access'],
        'scopes_supported lists offline_access, which is between client and issuer.',
      ],
    ] as const
  ).map(
    ([scopes, said]): Broken => ({
      breaks: `lists the scopes ${JSON.stringify(scopes)}`,
      damage: members(METADATA, () => ({ scopes_supported: scopes })),
      found: [`warn scopes-supported ORIGIN/.well-known/oauth-protected-resource/mcp: ${said}`],
    }),
  ),
  {
    breaks: 'lists no scopes',
    damage: members(METADATA, () => ({ scopes_supported: undefined })),
    found: [],
  },
];
