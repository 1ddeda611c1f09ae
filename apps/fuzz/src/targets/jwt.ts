import type { Principal, Rejection } from '@portcullis/core';
import { createJwtVerifier, createLocalKeys } from '@portcullis/core/jwt';
import fc from 'fast-check';
import { base64url, CompactSign, exportJWK, generateKeyPair } from 'jose';
import { RESOURCE } from '../protected-server.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const ISSUER = 'https://issuer.example.com';
const NOW = 1_800_000_000;
const TOLERANCE = 5;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const good = {
  ...{ iss: ISSUER, aud: RESOURCE, sub: 'ada', client_id: 'client', jti: 'token-1' },
  ...{ iat: NOW - 10, exp: NOW + 60, scope: 'mcp:tools:weather' },
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    true,
    0,
    -1,
    NaN,
    [],
    {},
    [RESOURCE],
    [RESOURCE, 'x'],
    [[RESOURCE]],
  ),
  fc.constantFrom<unknown>(
    NOW,
    NOW - 5,
    NOW - 6,
    NOW + 5,
    NOW + 6,
    `${NOW + 60}`,
    1e300,
    NOW + 0.5,
  ),
  fc.constantFrom<unknown>(
    `${ISSUER}/`,
    ISSUER.toUpperCase(),
    `${RESOURCE}/`,
    RESOURCE.slice(0, -1),
    'HTTPS://mcp.example.com/mcp',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const anyClaims = fc.dictionary(
  fc.constantFrom(
    'iss',
    'aud',
    'sub',
    'client_id',
    'jti',
    'iat',
    'exp',
    'nbf',
    'scope',
    'nonce',
    'cnf',
    'act',
    '__proto__',
    'azp',
  ),
  odd,
  { maxKeys: 2, noNullPrototype: true },
);
/** Where a second or a character decides. */
const edges = fc
  .oneof(
    fc.tuple(
      fc.constantFrom('iat', 'exp', 'nbf'),
      fc.constantFrom(
        ...[NOW - 6, NOW - 5, NOW - 4, NOW + 4, NOW + 5, NOW + 6, NOW + 60, NOW + 61, -1, 0],
        ...[253_402_300_799, 253_402_300_800],
      ),
    ),
    fc.tuple(
      fc.constantFrom('iss', 'aud'),
      fc.constantFrom(
        ...[ISSUER, RESOURCE].flatMap((url) => [
          ...[url, [url], [`${url}/`], `${url}/`, `${url}x`, url.slice(0, -1), url.toUpperCase()],
          ...[`${url} ${url}`, ['x', url], [[url]], '', []],
        ]),
      ),
    ),
  )
  .map(([name, value]): Record<string, unknown> => ({ [name]: value }));
const claims = fc.oneof({ weight: 3, arbitrary: anyClaims }, { weight: 1, arbitrary: edges });
const header = fc.dictionary(
  fc.constantFrom('typ', 'kid', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'zip', 'cty'),
  fc.oneof(
    odd,
    fc.constantFrom<unknown>(
      'at+jwt',
      'AT+JWT',
      'application/at+jwt',
      'JWT',
      'dpop+jwt',
      'key-2',
      '../key-1',
      ['b64'],
    ),
  ),
  {
    maxKeys: 1,
    noNullPrototype: true,
  },
);
/** What somebody does to a token on its way. The identity comes often, or little would get through. */
const tampering = fc.oneof(
  { weight: 3, arbitrary: fc.constant((token: string) => token) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom('A', '.', '=', ' ', '\n', '-', 'é', '')).map(
      ([at, put]) =>
        (token: string) =>
          token.slice(0, at % token.length) + put + token.slice((at % token.length) + 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<(token: string) => string>(
      (token) => `${token}.`,
      // The same bytes in another spelling: the last character has bits that none of them needs.
      (token) => token.replace(/.$/, (last) => ALPHABET[ALPHABET.indexOf(last) ^ 1] ?? ''),
      (token) => `${token}=`,
      (token) => token.replace(/\.[^.]*$/, '.'),
      (token) => token.replace(/^[^.]*/, base64url.encode('{"alg":"none","typ":"at+jwt"}')),
      (token) =>
        token.replace(/^[^.]*/, base64url.encode('{"alg":"HS256","typ":"at+jwt","kid":"key-1"}')),
      (token) => token.split('.').reverse().join('.'),
      () => '..',
      () => '',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => () => text) },
);
/** How claims are written down, and whether two readers see the same in it (RFC 8725 §2.4). */
const spelling = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      { write: (text: string) => text, clear: true },
      {
        write: (text: string) => ` ${text}\n`,
        clear: true,
      },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<(text: string) => string>(
        (text) => text.replace('{', '{"iss":"https://other.example.com",'),
        (text) => text.replace('{', '{"\\u0065xp":4000000000,'),
        (text) => text.replace(/\}$/, ',"aud":"https://mcp.example.com/mcp"}'),
        (text) => text.replace(/\}$/, ',"x":{"a":1,"a":2}}'),
        (text) => `[${text}]`,
        (text) => `${text}${text}`,
      )
      .map((write) => ({ write, clear: false })),
  },
);
const input = fc.record({
  claims,
  spelling,
  header,
  signer: fc.constantFrom('ours', 'ours', 'ours', 'stranger'),
  tampering,
});

/** What a good token looks like, said as plainly as it can be. */
function isGood(
  sent: Readonly<Record<string, unknown>>,
  head: Readonly<Record<string, unknown>>,
): boolean {
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  // Up to the last second of the year 9999.
  const isTime = (value: unknown): value is number =>
    typeof value === 'number' && value >= 0 && value <= 253_402_300_799;
  const audience = Array.isArray(sent.aud) ? sent.aud : [sent.aud];
  return (
    !Object.hasOwn(sent, '__proto__') &&
    sent.iss === ISSUER &&
    audience.includes(RESOURCE) &&
    [sent.sub, sent.client_id, sent.jti].every(isText) &&
    (sent.azp === undefined || typeof sent.azp === 'string') &&
    isTime(sent.exp) &&
    sent.exp > NOW - TOLERANCE &&
    isTime(sent.iat) &&
    sent.iat <= NOW + 60 &&
    (sent.nbf === undefined || (isTime(sent.nbf) && sent.nbf <= NOW + TOLERANCE)) &&
    head.kid === 'key-1' &&
    head.crit === undefined &&
    head.b64 === undefined &&
    typeof head.typ === 'string' &&
    ['at+jwt', 'application/at+jwt'].includes(head.typ.toLowerCase())
  );
}

/** Access tokens, honest and not: only what our issuer signed, byte for byte, with claims that hold, is one. */
export const jwt: Target = {
  name: 'jwt',
  cost: 15,
  async run(options) {
    const [ours, stranger] = await Promise.all([
      generateKeyPair('ES256'),
      generateKeyPair('ES256'),
    ]);
    const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'key-1', alg: 'ES256' };
    const verifier = createJwtVerifier({
      issuer: ISSUER,
      keys: createLocalKeys({ keys: [jwk] }),
      clockTolerance: TOLERANCE,
    });
    return runProperty(
      input,
      async (given) => {
        const sent: Record<string, unknown> = { ...good, ...given.claims };
        const head: Record<string, unknown> = {
          alg: 'ES256',
          typ: 'at+jwt',
          kid: 'key-1',
          ...given.header,
        };
        const signed = await sign(
          given.signer === 'ours' ? ours.privateKey : stranger.privateKey,
          head,
          given.spelling.write(JSON.stringify(sent)),
        );
        if (signed === undefined) return false;
        const token = given.tampering(signed);
        const context = { resource: RESOURCE, now: NOW, signal: new AbortController().signal };
        const answer: { readonly kind: 'verified' } | Principal | Rejection = await verifier.verify(
          token,
          context,
        );
        const accepted = answer.kind !== 'rejection';
        // JSON leaves out what is undefined, and so does this.
        const heard = JSON.parse(JSON.stringify(sent)) as Record<string, unknown>;
        const honest = given.signer === 'ours' && token === signed;
        const holds = isGood(heard, head) && given.spelling.clear;
        if (accepted && !(honest && holds))
          throw new Error(`Accepted ${JSON.stringify({ heard, head, token, signed })}`);
        if (honest && holds && !accepted)
          throw new Error(`Refused ${JSON.stringify({ heard, head })}`);
        return accepted;
      },
      options,
    );
  },
};

/** `undefined` for a header that jose will not sign: no attacker's business, since ours is the key. */
async function sign(
  key: CryptoKey,
  head: Record<string, unknown>,
  text: string,
): Promise<string | undefined> {
  const payload = new TextEncoder().encode(text);
  try {
    return await new CompactSign(payload)
      .setProtectedHeader(head as { alg: string })
      .sign(key, { crit: { b64: true } });
  } catch {
    return undefined;
  }
}
