import { both, type Check, group, source } from '../suite/check.js';
import { CLIENT } from '../suite/tokens.js';
import { refuseTokens } from './refuse-tokens.js';

const seconds = (): number => Math.floor(Date.now() / 1000);

/** What a token has to say. */
export const claims: readonly Check[] = group('Claims', [
  {
    id: 'RS-52',
    title: 'A token of another issuer is refused, even if our key signed it.',
    remedy: 'Compare "iss" with the configured issuer.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['another issuer', { claims: { iss: 'https://issuer.example.com' } }],
        ['no issuer', { claims: { iss: undefined } }],
      ]),
  },
  {
    id: 'ATK-43',
    also: ['RS-52'],
    title: 'The issuer is compared character by character.',
    remedy: 'Compare "iss" as a string: no added slash, no other case, no prefix, no list.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run(stage) {
      const { issuer } = stage.issuer;
      return refuseTokens(stage, [
        ['a slash at the end', { claims: { iss: `${issuer}/` } }],
        ['upper case', { claims: { iss: issuer.toUpperCase() } }],
        ['a tenant below', { claims: { iss: `${issuer}/tenant-b` } }],
        ['another port by prefix', { claims: { iss: `${issuer}0` } }],
        ['a list', { claims: { iss: [issuer] } }],
      ]);
    },
  },
  {
    id: 'RS-53',
    also: ['RS-65'],
    title: 'A token for another server, or for none, is refused.',
    remedy:
      'Demand that "aud" names this server, always; an audience that is optional checks nothing.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['another server', { claims: { aud: 'https://other.example.com/mcp' } }],
        ['no audience', { claims: { aud: undefined } }],
        ['a list without us', { claims: { aud: ['https://other.example.com/mcp', CLIENT] } }],
        ['an empty list', { claims: { aud: [] } }],
      ]),
  },
  {
    id: 'ATK-44',
    also: ['RS-53'],
    title: 'A near miss of the audience is a miss.',
    remedy: 'Compare "aud" with the resource identifier as a whole, never by origin or prefix.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run(stage) {
      const { origin, pathname } = new URL(stage.url);
      const near = [
        ...(pathname === '/' ? [] : [['the bare origin', origin] as const]),
        ...(pathname === '/' ? [] : [['the origin with a slash', `${origin}/`] as const]),
        ['a longer name', `${stage.url}-evil`],
        ['a path below', `${stage.url}${stage.url.endsWith('/') ? '' : '/'}admin`],
        ['a query', `${stage.url}?x=1`],
        ['a slash at the end', stage.url.endsWith('/') ? stage.url.slice(0, -1) : `${stage.url}/`],
        ['an object', { [stage.url]: true }],
        ['a number', 7],
        ['a list in a list', [[stage.url]]],
        ['two in one string', `https://other.example.com ${stage.url}`],
      ] as const;
      const upper = pathname.toUpperCase();
      const other = upper === pathname ? [] : [['another case', `${origin}${upper}`] as const];
      return refuseTokens(
        stage,
        [...near, ...other].map(([what, aud]) => [what, { claims: { aud } }]),
      );
    },
  },
  {
    id: 'RS-54',
    title: 'A token has an end, and neither past nor future tokens hold.',
    remedy: 'Demand "exp" in the future and honour "nbf", with a few minutes of leeway at most.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['expired an hour ago', { claims: { exp: seconds() - 3600 } }],
        ['no exp', { claims: { exp: undefined } }],
        ['valid in an hour', { claims: { nbf: seconds() + 3600 } }],
      ]),
  },
  {
    id: 'ATK-46',
    also: ['RS-54'],
    title: 'Times are whole, sensible numbers.',
    remedy: 'Refuse times that are text, negative or in milliseconds, and an "iat" in the future.',
    level: 'REC',
    source: source.rfc(7519, '4.1.4'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['exp as text', { claims: { exp: `${seconds() + 60}` } }],
        ['exp in milliseconds', { claims: { exp: (seconds() + 60) * 1000 } }],
        ['negative exp', { claims: { exp: -1 } }],
        ['exp null', { claims: { exp: null } }],
        ['nbf as text', { claims: { nbf: `${seconds() + 3600}` } }],
        ['issued in an hour', { claims: { iat: seconds() + 3600 } }],
      ]),
  },
  {
    id: 'RS-55',
    also: ['ATK-45'],
    title: 'Only an access token is an access token.',
    remedy:
      'Demand the header typ "at+jwt" (RFC 9068). For an issuer that does not send it, tell access tokens by their claims.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        [
          'an ID token',
          { header: { typ: 'JWT' }, claims: { nonce: 'n', at_hash: 'h', scope: undefined } },
        ],
        ['a logout token', { header: { typ: 'logout+jwt' } }],
        ['a DPoP proof', { header: { typ: 'dpop+jwt' } }],
        ['an identity assertion', { header: { typ: 'oauth-id-jag+jwt' } }],
        ['a client assertion', { header: { typ: 'client-authentication+jwt' } }],
      ]),
  },
  {
    id: 'RS-56',
    title: 'A token says for whom and by whom it was got.',
    remedy: 'Demand "sub", "client_id" (or what your issuer has for it) and "iat".',
    level: 'REC',
    source: source.rfc(9068, '2.2'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['no sub', { claims: { sub: undefined } }],
        ['no client_id', { claims: { client_id: undefined } }],
        ['sub as a number', { claims: { sub: 1 } }],
      ]),
  },
  {
    id: 'EXT-48',
    also: ['ATK-52'],
    title: 'A token that is bound to a key does not pass as a bearer token.',
    remedy: 'Refuse a token with "cnf" when no proof of that key comes with it.',
    // RFC 9449 §7.2 binds those who know DPoP; who does not know it will take such a token.
    level: 'REC',
    source: source.rfc(9449, '7.2'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        [
          'bound by jkt',
          { claims: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } },
        ],
      ]),
  },
]);
