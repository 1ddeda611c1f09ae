import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { both, type Check, findings, group, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { describe } from '../wire/excerpt.js';
import { refuseTokens } from './refuse-tokens.js';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signed by a key that the issuer never published, which the header offers by itself. */
function attackerToken(stage: Stage, header: (jwk: object) => object): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const head = { alg: 'ES256', typ: 'at+jwt', kid: stage.issuer.keyId, ...header(jwk) };
  const input = `${encode(head)}.${encode(stage.claims(stage.probe.scopes))}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${signBytes('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** The parts of a good token. */
async function parts(stage: Stage): Promise<readonly [string, string, string]> {
  const [header = '', payload = '', signature = ''] = (
    await stage.token({ scopes: stage.probe.scopes })
  ).split('.');
  return [header, payload, signature];
}

/** Whose signature counts. */
export const signatures: readonly Check[] = group('Signatures', [
  {
    id: 'RS-51',
    title: 'Only a signature by a published key of the issuer holds.',
    remedy: 'Verify the signature with the keys of the configured issuer and nothing else.',
    level: 'MUST',
    source: source.rfc(9068, '4'),
    eras: both,
    run: (stage) =>
      refuseTokens(stage, [
        ['signed by a stranger', { signedBy: 'stranger' }],
        ['changed after it was signed', { forge: 'tampered' }],
        [
          'a key id that nobody published',
          { signedBy: 'stranger', header: { kid: 'unpublished' } },
        ],
      ]),
  },
  {
    id: 'ATK-40',
    also: ['RS-51'],
    title: 'No token chooses a way of signing that the issuer does not have.',
    remedy:
      'Keep a list of asymmetric algorithms for each issuer; refuse "none" in any spelling, HMAC, and keys that do not fit.',
    level: 'MUST',
    source: source.rfc(8725, '3.1'),
    eras: both,
    async run(stage) {
      const [header, payload] = await parts(stage);
      const kid = stage.issuer.keyId;
      const none = ['none', 'None', 'NONE', 'nOnE'].map((alg) => {
        const head = encode({ alg, typ: 'at+jwt', kid });
        return [`alg ${alg}`, `${head}.${payload}.`] as const;
      });
      const other = stage.issuer.algorithm === 'RS256' ? 'PS256' : 'RS256';
      return refuseTokens(stage, [
        ...none,
        ['alg none with a signature', { forge: 'unsigned' }],
        ['an empty signature', `${header}.${payload}.`],
        ['HS256 keyed with the public key', { forge: 'hmac' }],
        [`alg ${other} over another key`, { header: { alg: other } }],
      ]);
    },
  },
  {
    id: 'ATK-41',
    also: ['RS-51', 'RS-63'],
    title: 'No header brings its own key or its own rules.',
    remedy:
      'Ignore jwk, jku, x5u and x5c, refuse an unknown crit and b64: false, and treat kid as a name to compare, never as a path or a query.',
    level: 'MUST',
    source: source.rfc(8725, '3.10'),
    eras: both,
    async run(stage) {
      const { watch } = stage.issuer;
      const bait = watch?.bait ?? 'https://attacker.example/keys.json';
      const taken = watch?.baitTaken() ?? 0;
      const verdict = await refuseTokens(stage, [
        ['a key of its own in jwk', attackerToken(stage, (jwk) => ({ jwk }))],
        ['a key set of its own in jku', attackerToken(stage, () => ({ jku: bait }))],
        ['a certificate of its own in x5u', attackerToken(stage, () => ({ x5u: bait }))],
        ['a critical extension', { header: { crit: ['urn:x'], 'urn:x': true } }],
        ['an unencoded payload', { header: { crit: ['b64'], b64: false } }],
        ['a path as kid', attackerToken(stage, () => ({ kid: '../../../../dev/null' }))],
        ['SQL as kid', attackerToken(stage, () => ({ kid: "' UNION SELECT 'x" }))],
        ['no kid', attackerToken(stage, () => ({ kid: undefined }))],
      ]);
      const found = findings();
      found.expect(verdict.kind !== 'fail', () => (verdict.kind === 'fail' ? verdict.seen : ''));
      const after = watch?.baitTaken() ?? 0;
      found.expect(after === taken, () => 'a URL in the header was fetched');
      return found.verdict;
    },
  },
  {
    id: 'ATK-47',
    also: ['RS-43', 'RS-51'],
    title: 'What is no proper JWT is refused, and nothing breaks on it.',
    remedy:
      'Refuse nested and encrypted tokens and base64url that is not canonical with 401, and doubled members too, or let the last one count everywhere.',
    level: 'MUST',
    source: source.rfc(8725, '3.2'),
    eras: both,
    async run(stage) {
      const [header, payload, signature] = await parts(stage);
      const claims = JSON.stringify(stage.claims(stage.probe.scopes));
      const head = JSON.stringify({
        ...{ alg: stage.issuer.algorithm, typ: 'at+jwt', kid: stage.issuer.keyId },
      });
      // RFC 7519 §4: refused, or the last one counts; never the first.
      const doubled = claims.replace(/\}$/, ',"aud":"https://other.example/mcp"}');
      return refuseTokens(stage, [
        ['a JWE', `${encode({ alg: 'dir', enc: 'A256GCM' })}..${payload}.${payload}.${signature}`],
        ['two parts', `${header}.${payload}`],
        ['a padded signature', `${header}.${payload}.${signature}=`],
        ['claims that are a list', await stage.issuer.signText(head, '[]')],
        ['claims that are no JSON', await stage.issuer.signText(head, '{')],
        ['a doubled claim', await stage.issuer.signText(head, doubled)],
        ['a token within a token', await stage.issuer.signText(head, `"${header}.${payload}.x"`)],
      ]);
    },
  },
  {
    id: 'ATK-42',
    also: ['RS-63'],
    title: 'A flood of unknown key ids makes no flood of key fetches, and locks nobody out.',
    remedy:
      'Fetch keys anew for an unknown kid at most once per cool-down (30 seconds), and go on with those you have.',
    level: 'REC',
    source: source.rfc(9068, '4'),
    eras: 'any',
    async run(stage) {
      const { watch } = stage.issuer;
      if (!watch) return skip('The issuer runs elsewhere, so nobody counts its requests.');
      const before = watch.keyFetches();
      for (let index = 0; index < 20; index += 1) {
        const header = { kid: `flood-${index}` };
        await stage.attempt(await stage.token({ signedBy: 'stranger', header }));
      }
      const fetched = watch.keyFetches() - before;
      const found = findings();
      found.expect(fetched <= 2, () => `${fetched} fetches for 20 tokens`);
      const good = await stage.attempt(await stage.token({ scopes: stage.probe.scopes }));
      const refused = good.status === 401 || good.status >= 500;
      found.expect(!refused, () => `a good token after it: ${describe(good)}`);
      return found.verdict;
    },
  },
]);
