import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import {
  at,
  type Broken,
  both,
  ISSUER,
  json,
  later,
  METADATA,
  members,
  notFound,
  OPENID,
  page,
  soundIssuer,
} from './damage.harness.js';

const asJwk = (type: 'ec' | 'rsa', options: object, kid: string) => ({
  ...generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey.export({
    format: 'jwk',
  }),
  kid,
});
const publicKey = asJwk('ec', { namedCurve: 'P-256' }, 'a');
const shortKey = asJwk('rsa', { modulusLength: 1024 }, 'short');

/** Authorization servers that clients cannot use. */
export const brokenIssuers: readonly Broken[] = [
  {
    breaks: 'hides the metadata of its issuer from pages',
    damage: at(ISSUER, (answer) => void delete answer.headers['access-control-allow-origin']),
    found: [
      'warn cors-issuer ORIGIN/.well-known/oauth-authorization-server: The document allows no origin.',
    ],
  },
  {
    breaks: 'has an issuer that nothing finds',
    damage: both(at(ISSUER, notFound), at(OPENID, notFound)),
    found: [
      'fail issuer-metadata ORIGIN/.well-known/openid-configuration: The metadata of the authorization server cannot be read: GET answered 404. It was the last of 2 places.',
    ],
  },
  {
    breaks: 'has a page where the metadata of its issuer would be',
    damage: at(ISSUER, page),
    found: [
      'fail issuer-metadata ORIGIN/.well-known/oauth-authorization-server: The metadata of the authorization server cannot be read: GET answered 200, and no JSON object, but a page.',
    ],
  },
  {
    breaks: 'has an issuer with an error, where clients stop',
    damage: at(ISSUER, (answer) => Object.assign(answer, { status: 500 })),
    found: [
      'fail issuer-metadata ORIGIN/.well-known/oauth-authorization-server: The metadata of the authorization server cannot be read: GET answered 500.',
    ],
  },
  {
    breaks: 'has an issuer that only OpenID Connect finds',
    damage: both(
      at(ISSUER, notFound),
      at(OPENID, (answer, origin) => json(answer, soundIssuer(origin))),
    ),
    found: [
      'warn issuer-metadata ORIGIN/.well-known/openid-configuration: Only OpenID Connect Discovery finds the metadata; clients of 2025-06-18 look by RFC 8414 alone.',
    ],
  },
  {
    breaks: 'has an issuer that calls itself otherwise',
    damage: members(ISSUER, (origin) => ({ issuer: `${origin}/` })),
    found: [
      'fail issuer-name ORIGIN/.well-known/oauth-authorization-server: The issuer is "ORIGIN/", and the endpoint names "ORIGIN": they differ by the slash at the end.',
    ],
  },
  {
    breaks: 'has an issuer without a name',
    damage: members(ISSUER, () => ({ issuer: undefined })),
    found: [
      'fail issuer-name ORIGIN/.well-known/oauth-authorization-server: The issuer is missing, and the endpoint names "ORIGIN".',
    ],
  },
  ...(
    [
      [
        'fail',
        'issuer-endpoints',
        { authorization_endpoint: undefined },
        'authorization_endpoint is missing, which is no URL that clients use.',
      ],
      [
        'fail',
        'issuer-endpoints',
        { token_endpoint: 'http://issuer.example/token' },
        'token_endpoint is "http://issuer.example/token", which is no URL that clients use.',
      ],
      [
        'fail',
        'issuer-endpoints',
        { response_types_supported: ['token'] },
        'response_types_supported lists no "code": ["token"].',
      ],
      [
        'fail',
        'issuer-endpoints',
        { response_types_supported: 'code' },
        'response_types_supported lists no "code": "code".',
      ],
      [
        'fail',
        'issuer-endpoints',
        { grant_types_supported: ['refresh_token'] },
        'grant_types_supported lists no "authorization_code": ["refresh_token"].',
      ],
      [
        'fail',
        'pkce',
        { code_challenge_methods_supported: undefined },
        'code_challenge_methods_supported is missing.',
      ],
      [
        'fail',
        'pkce',
        { code_challenge_methods_supported: ['plain'] },
        'code_challenge_methods_supported is ["plain"].',
      ],
      [
        'warn',
        'pkce',
        { code_challenge_methods_supported: ['S256', 'plain'] },
        'PKCE is offered with "plain" as well.',
      ],
      [
        'warn',
        'iss',
        { authorization_response_iss_parameter_supported: 'true' },
        'authorization_response_iss_parameter_supported is "true".',
      ],
      [
        'warn',
        'client-documents',
        { client_id_metadata_document_supported: undefined },
        'client_id_metadata_document_supported is missing.',
      ],
      [
        'fail',
        'client-documents',
        { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
        'Documents are offered, but token_endpoint_auth_methods_supported lists no "none": ["private_key_jwt"].',
      ],
      [
        'warn',
        'registration',
        { registration_endpoint: undefined },
        'There is no registration_endpoint.',
      ],
      [
        'fail',
        'registration',
        { registration_endpoint: 'http://issuer.example/register' },
        'registration_endpoint is "http://issuer.example/register", which is no URL that clients use.',
      ],
      [
        'warn',
        'refresh',
        { grant_types_supported: ['authorization_code'] },
        'grant_types_supported lists no "refresh_token": ["authorization_code"].',
      ],
      [
        'warn',
        'refresh',
        { grant_types_supported: undefined },
        'grant_types_supported lists no "refresh_token": missing.',
      ],
      [
        'fail',
        'keys',
        { jwks_uri: 'http://issuer.example/keys' },
        'jwks_uri is "http://issuer.example/keys", which is no URL to fetch keys from.',
      ],
    ] as const
  ).map(
    ([outcome, id, change, said]): Broken => ({
      breaks: `has an issuer with ${JSON.stringify(change)}, ${Object.keys(change).join()}`,
      damage: members(ISSUER, () => change),
      found: [`${outcome} ${id} ORIGIN/.well-known/oauth-authorization-server: ${said}`],
    }),
  ),
  {
    breaks: 'has an issuer that knows listed clients only',
    damage: members(ISSUER, () => ({
      registration_endpoint: undefined,
      client_id_metadata_document_supported: undefined,
    })),
    found: [
      'warn client-documents ORIGIN/.well-known/oauth-authorization-server: client_id_metadata_document_supported is missing.',
      'warn registration ORIGIN/.well-known/oauth-authorization-server: There is no registration_endpoint, and no client may be known by a document: only those that you listed get in.',
    ],
  },
  {
    breaks: 'has an issuer whose tokens are no JWTs',
    damage: members(ISSUER, () => ({ jwks_uri: undefined })),
    found: [],
  },
  {
    breaks: 'has an issuer whose clock is fast',
    damage: at(ISSUER, (answer) => {
      answer.headers.date = later(100);
    }),
    found: [
      expect.stringMatching(
        /^warn issuer-clock ORIGIN\/\.well-known\/oauth-authorization-server: The clock of 127\.0\.0\.1:\d+ is \d+ s ahead of that of this machine\.$/,
      ),
    ],
  },
  {
    breaks: 'mirrors the metadata of another issuer',
    damage: both(
      members(METADATA, (origin) => ({ authorization_servers: [`${origin}/tenant`] })),
      at(`${ISSUER}/tenant`, (answer, origin) => json(answer, soundIssuer(`${origin}/tenant`))),
      members(ISSUER, (origin) => ({ issuer: `${origin}/tenant` })),
    ),
    found: [
      'warn origin-metadata ORIGIN/.well-known/oauth-authorization-server: The host of the endpoint names the issuer "ORIGIN/tenant".',
    ],
  },
  {
    breaks: 'has keys that are not there',
    damage: at('/jwks', notFound),
    found: ['fail keys ORIGIN/jwks: The keys cannot be read: GET answered 404.'],
  },
  {
    breaks: 'has a page in place of keys',
    damage: at('/jwks', page),
    found: ['fail keys ORIGIN/jwks: The keys cannot be read: GET answered 200, and no key set.'],
  },
  ...(
    [
      [[], 'The key set has no key for signatures.'],
      [[{ ...publicKey, use: 'enc' }], 'The key set has no key for signatures.'],
      [[{ ...publicKey, d: 'AAAA' }], 'The key "a" publishes its private part "d".'],
      [[{ kty: 'oct', k: 'AAAA', kid: 'b' }], 'The key "b" publishes its private part "k".'],
      [[publicKey, { ...publicKey, kid: undefined }], 'Key 2 of 2 has no kid.'],
      [[{ ...publicKey, x: 'AAAA' }], 'The key "a" is no public key.'],
      [['a key'], 'Key 1 is no public key.'],
      [[null], 'Key 1 is no public key.'],
      [[shortKey], 'The key "short" has 1024 bits, which verifiers refuse.'],
    ] as const
  ).map(
    ([keys, said], place): Broken => ({
      breaks: `has keys, ${place}: ${said}`,
      damage: at('/jwks', (answer) => json(answer, { keys })),
      found: [`fail keys ORIGIN/jwks: ${said}`],
    }),
  ),
  {
    breaks: 'has one key without a name',
    damage: at('/jwks', (answer) => json(answer, { keys: [{ ...publicKey, kid: undefined }] })),
    found: [],
  },
];
