import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerifyContext } from '../provider/auth-provider.js';
import { createFakeIssuer, type FakeIssuer } from '../testing/fake-issuer.js';
import { createJwtVerifier, type JwtVerifier, type JwtVerifierOptions } from './jwt-verifier.js';
import { createRemoteKeys } from './remote-keys.js';

const NOW = 1_800_000_000;
const RESOURCE = 'https://mcp.example.com/mcp';
const context: VerifyContext = {
  resource: RESOURCE,
  now: NOW,
  signal: new AbortController().signal,
};

let issuer: FakeIssuer;
let rsa: FakeIssuer;
let verifier: JwtVerifier;

function verifierOf(fake: FakeIssuer, change: Partial<JwtVerifierOptions> = {}): JwtVerifier {
  const keys = createRemoteKeys({ jwksUri: fake.jwksUri });
  return createJwtVerifier({ issuer: fake.issuer, keys, ...change });
}

async function codeOf(token: string, by: JwtVerifier = verifier): Promise<string> {
  const answer = await by.verify(token, context);
  return answer.kind === 'rejection' ? answer.code : 'accepted';
}

/** Header and claims of a good token, to be spelt by hand. */
function spelt(fake: FakeIssuer, header = '', claims = ''): Promise<string> {
  const payload = `{"iss":"${fake.issuer}","aud":"${RESOURCE}","sub":"user-1","client_id":"client-1","jti":"t-1","iat":${NOW},"exp":${NOW + 300}${claims}}`;
  return fake.sign(`{"alg":"ES256","typ":"at+jwt","kid":"key-1"${header}}`, payload);
}

beforeAll(async () => {
  const clock = () => NOW * 1000;
  [issuer, rsa] = await Promise.all([
    createFakeIssuer({ clock }),
    createFakeIssuer({ clock, algorithm: 'RS256' }),
  ]);
  verifier = verifierOf(issuer);
});
afterAll(() => Promise.all([issuer.close(), rsa.close()]));

describe('createJwtVerifier', () => {
  it('returns the claims of a good token, its id and until when it holds (RS-51, RS-56)', async () => {
    const token = await issuer.mint({ claims: { jti: 't-1' }, scopes: ['mcp:tools:weather'] });
    expect(await verifier.verify(token, context)).toEqual({
      kind: 'verified',
      claims: {
        iss: issuer.issuer,
        aud: 'https://mcp.example.com/mcp',
        sub: 'user-1',
        client_id: 'client-1',
        jti: 't-1',
        iat: 1_800_000_000,
        exp: 1_800_000_300,
        scope: 'mcp:tools:weather',
      },
      tokenId: 't-1',
      expiresAt: 1_800_000_300,
      freshUntil: expect.toSatisfy((at: number) => at > NOW && at <= NOW + 600),
    });
  });

  it('accepts each default algorithm and no other (RS-51)', async () => {
    for (const algorithm of ['ES256', 'RS256', 'EdDSA'] as const) {
      const fake = await createFakeIssuer({ clock: () => NOW * 1000, algorithm });
      expect(await codeOf(await fake.mint(), verifierOf(fake))).toBe('accepted');
      const closed = verifierOf(fake, { algorithms: ['PS512'] });
      expect(await codeOf(await fake.mint(), closed)).toBe('signature_invalid');
      await fake.close();
    }
  });
});

describe('algorithms (ATK-40)', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'HS256', 'HS512', 'RSA1_5', '', 'ES256K', 'toString'])(
    'refuses alg "%s" whatever the signature (RS-51)',
    async (alg) => {
      const [, payload] = (await issuer.mint()).split('.');
      const header = Buffer.from(`{"alg":"${alg}","typ":"at+jwt","kid":"key-1"}`);
      const token = `${header.toString('base64url')}.${payload}`;
      expect(await codeOf(`${token}.c2ln`)).toBe('signature_invalid');
      expect(await codeOf(`${token}.`)).toBe('token_malformed');
    },
  );

  it('refuses HS256 with the RSA public key or the text of the key set as the secret (RS-51)', async () => {
    expect(await codeOf(await rsa.mintBad('hmac_with_public_key'), verifierOf(rsa))).toBe(
      'signature_invalid',
    );
    const secret = new Uint8Array(await (await fetch(rsa.jwksUri)).arrayBuffer());
    const claims = new TextEncoder().encode(
      Buffer.from((await rsa.mint()).split('.')[1] ?? '', 'base64url').toString(),
    );
    const token = await new CompactSign(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' })
      .sign(secret);
    expect(await codeOf(token, verifierOf(rsa))).toBe('signature_invalid');
  });

  it('refuses an empty signature, and a key that does not fit the algorithm (RS-51)', async () => {
    const [head, payload] = (await issuer.mint()).split('.');
    expect(await codeOf(`${head}.${payload}.`)).toBe('token_malformed');
    const token = await spelt(issuer, '');
    const [, body, signature] = token.split('.');
    const asRsa = Buffer.from('{"alg":"RS256","typ":"at+jwt","kid":"key-1"}').toString('base64url');
    expect(await codeOf(`${asRsa}.${body}.${signature}`)).toBe('signature_invalid');
  });
});

describe('headers (ATK-41)', () => {
  it('verifies with no key that a token brings along or points to (RS-51, RS-63)', async () => {
    const attacker = await createFakeIssuer({ clock: () => NOW * 1000 });
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { jwk },
      { jku: attacker.jwksUri },
      { x5u: `${attacker.issuer}/cert` },
      { x5c: ['AAAA'] },
      { jku: attacker.jwksUri, kid: '../../jwks' },
    ]) {
      const [, payload = ''] = (await issuer.mint()).split('.');
      const token = await new CompactSign(Buffer.from(payload, 'base64url'))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1', ...header })
        .sign(privateKey);
      expect(await codeOf(token)).toBe('signature_invalid');
    }
    expect(attacker.fetches).toEqual({ metadata: 0, keys: 0, redirected: 0 });
    await attacker.close();
  });

  it.each([
    ['an unknown critical extension', ',"crit":["exp"],"exp":1'],
    ['an unencoded payload', ',"crit":["b64"],"b64":false'],
    ['b64 that is not critical', ',"b64":true'],
    ['an empty list of extensions', ',"crit":[]'],
  ])('refuses %s though the signature holds (RS-51)', async (_, header) => {
    expect(await codeOf(await spelt(issuer, header))).toBe('token_malformed');
  });

  it.each([
    ['a path', '../../etc/passwd'],
    ['SQL', "' OR 1=1 --"],
    ['a newline', 'key-1\\n'],
    ['another case', 'KEY-1'],
    ['an empty text', ''],
    ['a thousand characters', 'k'.repeat(1000)],
  ])('takes a kid as a name and nothing else: %s (RS-63)', async (_, kid) => {
    const header = `{"alg":"ES256","typ":"at+jwt","kid":"${kid}"}`;
    const [, payload = ''] = (await issuer.mint()).split('.');
    const token = await issuer.sign(header, Buffer.from(payload, 'base64url').toString());
    expect(await codeOf(token)).toBe('signature_invalid');
  });

  it('asks no key source about a kid longer than any id (RS-63)', async () => {
    const token = await issuer.mint({ header: { kid: 'k'.repeat(513) } });
    const keys = {
      find: () => Promise.reject(new Error('Nobody should be asked.')),
      onRetired: () => () => undefined,
    };
    expect(await codeOf(token, verifierOf(issuer, { keys }))).toBe('signature_invalid');
    const longest = await issuer.mint({ header: { kid: 'k'.repeat(512) } });
    await expect(codeOf(longest, verifierOf(issuer, { keys }))).rejects.toThrow('Nobody');
  });

  it('lets a caller who gives up end its wait for the keys', async () => {
    const signals: AbortSignal[] = [];
    const keys = {
      find: (_query: unknown, signal: AbortSignal) => {
        signals.push(signal);
        return Promise.reject(new Error('given up'));
      },
      onRetired: () => () => undefined,
    };
    await expect(codeOf(await issuer.mint(), verifierOf(issuer, { keys }))).rejects.toThrow(
      'given up',
    );
    expect(signals[0]).toBe(context.signal);
  });

  it('refuses a missing kid unless told otherwise, and one that two keys share (RS-51)', async () => {
    const without = await issuer.mint({ header: { kid: undefined } });
    expect(await codeOf(without)).toBe('signature_invalid');
    expect(await codeOf(without, verifierOf(issuer, { keyId: 'optional' }))).toBe('accepted');

    const twin = await createFakeIssuer({ clock: () => NOW * 1000 });
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    twin.publish({ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' });
    expect(await codeOf(await twin.mint(), verifierOf(twin))).toBe('signature_invalid');
    await twin.close();
  });
});

describe('issuer (ATK-43)', () => {
  it.each([
    ['a slash more', (iss: string) => `${iss}/`],
    ['another case', (iss: string) => iss.replace('http', 'HTTP')],
    ['another tenant', (iss: string) => `${iss}/tenant-b`],
    ['a list', (iss: string) => [iss]],
    ['nothing', () => undefined],
  ])('refuses %s though the signature holds (RS-52)', async (_, change) => {
    const token = await issuer.mint({ claims: { iss: change(issuer.issuer) } });
    expect(await codeOf(token)).toBe('issuer_unknown');
  });

  it('refuses a token of another issuer that uses the same kid (RS-52)', async () => {
    const other = await createFakeIssuer({ clock: () => NOW * 1000 });
    const token = await other.mint({ claims: { iss: issuer.issuer } });
    expect(await codeOf(token)).toBe('signature_invalid');
    expect(await codeOf(await other.mint())).toBe('signature_invalid');
    await other.close();
  });

  it('accepts each of several spellings that share the keys', async () => {
    const old = `${issuer.issuer}/old`;
    const both = verifierOf(issuer, { issuer: [issuer.issuer, old] });
    expect(await codeOf(await issuer.mint({ claims: { iss: old } }), both)).toBe('accepted');
  });
});

describe('audience (ATK-44)', () => {
  it.each<[string, unknown]>([
    ['another server', 'https://other.example.com/mcp'],
    ['the parent path', 'https://mcp.example.com/'],
    ['a child path', 'https://mcp.example.com/mcp/tools'],
    ['the origin', 'https://mcp.example.com'],
    ['a longer name', 'https://mcp.example.com/mcp-evil'],
    ['another case in the path', 'https://mcp.example.com/MCP'],
    ['a slash more', 'https://mcp.example.com/mcp/'],
    ['a list without us', ['https://a.example.com', 'https://mcp.example.com/mcp2']],
    ['an empty list', []],
    ['a list in a list', [['https://mcp.example.com/mcp']]],
    ['a number', 7],
    ['an object', { 'https://mcp.example.com/mcp': true }],
    ['nothing', undefined],
  ])('refuses %s (RS-53)', async (_, aud) => {
    expect(await codeOf(await issuer.mint({ claims: { aud } }))).toBe('audience_mismatch');
  });

  it('accepts us in a list, and a name that the issuer has for us (RS-53)', async () => {
    const list = await issuer.mint({ claims: { aud: ['https://a.example.com', RESOURCE] } });
    expect(await codeOf(list)).toBe('accepted');
    const named = await issuer.mint({ claims: { aud: 'res_123' } });
    expect(await codeOf(named)).toBe('audience_mismatch');
    expect(await codeOf(named, verifierOf(issuer, { audience: ['res_123'] }))).toBe('accepted');
  });
});

describe('audience of an issuer that writes none (RS-53)', () => {
  const audience = { claim: 'client_id', oneOf: ['client-1', 'client-2'] };
  it.each<[string, string, Record<string, unknown>]>([
    ['a client that is meant for us', 'accepted', { aud: undefined }],
    ['one whose token names us as well', 'accepted', {}],
    ['another client', 'audience_mismatch', { aud: undefined, client_id: 'client-3' }],
    ['no client', 'audience_mismatch', { aud: undefined, client_id: undefined }],
    ['a token for another server', 'audience_mismatch', { aud: 'https://other.example.com' }],
    ['an empty audience', 'audience_mismatch', { aud: [] }],
  ])('goes by another claim: %s → %s', async (_, code, claims) => {
    const token = await issuer.mint({ claims });
    expect(await codeOf(token, verifierOf(issuer, { audience }))).toBe(code);
  });

  it('takes no name of every object for that claim', async () => {
    const inherited = { claim: 'toString', oneOf: ['x'] };
    const token = await issuer.mint({ claims: { aud: undefined } });
    expect(await codeOf(token, verifierOf(issuer, { audience: inherited }))).toBe(
      'audience_mismatch',
    );
  });
});

describe('claims that must have certain values (ATK-45)', () => {
  it.each<[string, string, unknown]>([
    ['one of them', 'accepted', 'access'],
    ['another', 'claims_invalid', 'id'],
    ['one in a list', 'claims_invalid', ['access']],
    ['nothing', 'claims_invalid', undefined],
  ])('%s → %s', async (_, code, value) => {
    const strict = verifierOf(issuer, { claimValues: { token_use: ['access', 'machine'] } });
    expect(await codeOf(await issuer.mint({ claims: { token_use: value } }), strict)).toBe(code);
  });
});

describe('a vendor’s own check of signatures', () => {
  it('answers for the signature alone: every other rule stays ours', async () => {
    const asked: unknown[] = [];
    const check = async (_token: string, header: unknown) => {
      asked.push(header);
      return { kind: 'holds', freshFor: 60 } as const;
    };
    const by = verifierOf(issuer, { keys: { check } });
    const stranger = await issuer.mint({ signedBy: 'stranger' });
    expect(await by.verify(stranger, context)).toMatchObject({ freshUntil: NOW + 60 });
    expect(asked).toEqual([{ alg: 'ES256', kid: 'key-1' }]);
    expect(await codeOf(await issuer.mintBad('wrong_audience'), by)).toBe('audience_mismatch');
    expect(await codeOf(await issuer.mintBad('alg_none'), by)).toBe('signature_invalid');
    expect(asked).toHaveLength(2);
  });

  it('refuses what the vendor refuses, with the vendor’s words for operators', async () => {
    const check = async () => ({ kind: 'refused', detail: 'No such key.' }) as const;
    const by = verifierOf(issuer, { keys: { check } });
    expect(await by.verify(await issuer.mint(), context)).toEqual({
      kind: 'rejection',
      code: 'signature_invalid',
      detail: 'No such key.',
    });
  });
});

describe('kinds of token (ATK-45)', () => {
  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])(
    'accepts typ "%s" (RS-55)',
    async (typ) => {
      expect(await codeOf(await issuer.mint({ header: { typ } }))).toBe('accepted');
    },
  );

  it.each<[string, unknown]>([
    ['an ID token or a client assertion', 'JWT'],
    ['an untyped token', undefined],
    ['a DPoP proof', 'dpop+jwt'],
    ['an identity assertion grant', 'oauth-id-jag+jwt'],
    ['a logout token', 'logout+jwt'],
    ['a security event', 'secevent+jwt'],
    ['another media type', 'text/at+jwt'],
    ['a number', 7],
  ])('refuses %s by its typ (RS-55)', async (_, typ) => {
    expect(await codeOf(await issuer.mint({ header: { typ } }))).toBe('claims_invalid');
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['an access token of an older issuer', 'accepted', { scope: 'a' }],
    ['one whose client is in azp', 'accepted', { scope: 'a', client_id: undefined, azp: 'c' }],
    ['an ID token with a nonce', 'claims_invalid', { scope: 'a', nonce: 'n' }],
    ['an ID token with at_hash', 'claims_invalid', { scope: 'a', at_hash: 'h' }],
    ['an ID token with c_hash', 'claims_invalid', { scope: 'a', c_hash: 'h' }],
    ['an ID token with s_hash', 'claims_invalid', { scope: 'a', s_hash: 'h' }],
    ['a logout token', 'claims_invalid', { scope: 'a', events: {} }],
    ['a token without scopes', 'claims_invalid', { scope: undefined }],
    ['a token without a client', 'claims_invalid', { scope: 'a', client_id: undefined }],
  ])('tells apart with typ "jwt": %s → %s (RS-55)', async (_, code, claims) => {
    const lenient = verifierOf(issuer, { typ: 'jwt' });
    for (const typ of ['JWT', 'jwt', undefined]) {
      expect(await codeOf(await issuer.mint({ header: { typ }, claims }), lenient)).toBe(code);
    }
    const proof = await issuer.mint({ header: { typ: 'dpop+jwt' }, claims });
    expect(await codeOf(proof, lenient)).toBe('claims_invalid');
  });

  it.each(['sub', 'client_id', 'iat', 'jti'])('demands %s (RS-56)', async (claim) => {
    for (const value of [undefined, null, '']) {
      const token = await issuer.mint({ claims: { [claim]: value } });
      expect(await codeOf(token)).toBe('claims_invalid');
    }
  });

  it('demands other claims and one of several, and takes no name of every object for a claim (RS-56)', async () => {
    const either = verifierOf(issuer, { requiredClaims: ['sub', ['azp', 'cid']] });
    expect(await codeOf(await issuer.mint(), either)).toBe('claims_invalid');
    expect(await codeOf(await issuer.mint({ claims: { cid: 'c' } }), either)).toBe('accepted');
    const inherited = verifierOf(issuer, { requiredClaims: ['toString'] });
    expect(await codeOf(await issuer.mint(), inherited)).toBe('claims_invalid');
  });

  it.each(['sub', 'client_id', 'azp', 'jti'])(
    'demands that %s is a text (RS-56)',
    async (claim) => {
      const token = await issuer.mint({ claims: { [claim]: { a: 1 } } });
      expect(await codeOf(token)).toBe('claims_invalid');
    },
  );
});

describe('dates (ATK-46)', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['exp missing', 'claims_invalid', { exp: undefined }],
    ['exp a text', 'claims_invalid', { exp: '1800000300' }],
    ['exp negative', 'claims_invalid', { exp: -1 }],
    ['exp in milliseconds', 'claims_invalid', { exp: 1_800_000_300_000 }],
    ['exp huge', 'claims_invalid', { exp: 1e300 }],
    ['exp null', 'claims_invalid', { exp: null }],
    ['exp past', 'token_expired', { exp: NOW - 6 }],
    ['exp past by the tolerance', 'token_expired', { exp: NOW - 5 }],
    ['exp past within the tolerance', 'accepted', { exp: NOW - 4 }],
    ['nbf past', 'accepted', { nbf: NOW - 100 }],
    ['nbf ahead within the tolerance', 'accepted', { nbf: NOW + 5 }],
    ['nbf ahead', 'token_not_yet_valid', { nbf: NOW + 6 }],
    ['nbf a text', 'claims_invalid', { nbf: '0' }],
    ['iat a minute ahead', 'accepted', { iat: NOW + 60 }],
    ['iat far ahead', 'token_not_yet_valid', { iat: NOW + 61 }],
    ['iat a text', 'claims_invalid', { iat: 'now' }],
  ])('%s → %s (RS-54)', async (_, code, claims) => {
    expect(await codeOf(await issuer.mint({ claims }))).toBe(code);
  });

  it('reads the clock from the context alone (RS-54)', async () => {
    const token = await issuer.mint();
    const later = await verifier.verify(token, { ...context, now: NOW + 305 });
    expect(later).toEqual({
      kind: 'rejection',
      code: 'token_expired',
      detail: 'The token expired 5 seconds ago.',
    });
  });
});

describe('spelling (ATK-47)', () => {
  it('refuses an encrypted token, a nested one and one of a megabyte (RS-51)', async () => {
    const jwe = await new CompactEncrypt(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(new Uint8Array(32));
    expect(await codeOf(jwe)).toBe('token_malformed');
    const nested = await issuer.sign(
      '{"alg":"ES256","typ":"at+jwt","cty":"JWT","kid":"key-1"}',
      await issuer.mint(),
    );
    expect(await codeOf(nested)).toBe('token_malformed');
    const long = await issuer.mint({ claims: { padding: 'x'.repeat(1_048_576) } });
    expect(await verifier.verify(long, context)).toEqual({
      kind: 'rejection',
      code: 'token_malformed',
      detail: 'The token is too long.',
    });
  });

  it('refuses every second spelling of a good token (RS-43, RS-51)', async () => {
    const token = await issuer.mint();
    expect(await codeOf(token)).toBe('accepted');
    // An ES256 signature has 64 bytes, so its last character has four unused bits.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) ?? '');
    for (const other of [
      token.slice(0, -1) + alphabet[last + 1],
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      token.replace('.', ' .'),
      `${token}.`,
    ]) {
      expect(await codeOf(other)).toBe('token_malformed');
    }
  });

  it.each([
    ['a claim twice', '', ',"scope":"a","scope":"b"'],
    ['a claim twice, once escaped', '', ',"scope":"a","\\u0073cope":"b"'],
    ['a claim twice below', '', ',"cnf":{"jkt":"a","jkt":"b"}'],
    ['exp twice', '', ',"exp":1'],
    ['__proto__', '', ',"__proto__":{"sub":"admin"}'],
    ['__proto__ below', '', ',"act":{"__proto__":{"sub":"admin"}}'],
    ['__proto__ escaped', '', ',"\\u005f_proto__":{"sub":"admin"}'],
    ['kid twice', ',"kid":"key-1"', ''],
    ['__proto__ in the header', ',"__proto__":{}', ''],
  ])('refuses %s though the signature holds (RS-51)', async (_, header, claims) => {
    expect(await codeOf(await spelt(issuer, header, claims))).toBe('token_malformed');
    expect(Object.hasOwn(Object.prototype, 'sub')).toBe(false);
  });

  it('accepts the same name in different objects, and names inside of texts', async () => {
    const claims = ',"a":{"sub":"x"},"b":[{"sub":"y"},{"sub":"z"}],"c":"\\"sub\\":1,{","d" : 1';
    expect(await codeOf(await spelt(issuer, '', claims))).toBe('accepted');
  });

  it.each(['[]', '"text"', 'null', '7', '', '{', '{"a":1}x'])(
    'refuses a payload that is not one object: %s (RS-51)',
    async (payload) => {
      const header = '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}';
      expect(await codeOf(await issuer.sign(header, payload))).toBe('token_malformed');
    },
  );

  it.each(['', '.', '..', '...', 'a.b', '\u0000.\u0000.\u0000'])(
    'refuses what is no token: %j',
    async (token) => {
      expect(await codeOf(token)).toBe('token_malformed');
    },
  );
});

describe('token id', () => {
  it('is a digest where jti is missing or too long, and never a piece of the token (RS-66)', async () => {
    const free = verifierOf(issuer, { requiredClaims: ['sub'] });
    for (const jti of [undefined, 'j'.repeat(257)]) {
      const token = await issuer.mint({ claims: { jti } });
      const answer = await free.verify(token, context);
      expect(answer).toMatchObject({ tokenId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    }
  });
});

describe('configuration', () => {
  it('names every option that is wrong', () => {
    const keys = createRemoteKeys({ jwksUri: issuer.jwksUri });
    const wrong = {
      issuer: '',
      keys,
      algorithms: ['HS256'],
      typ: 'AT+JWT',
      clockTolerance: 301,
      audience: [''],
    } as unknown as JwtVerifierOptions;
    expect(() => createJwtVerifier(wrong)).toThrow(
      /"issuer" is missing[\s\S]*"algorithms" must list[\s\S]*"typ" must be[\s\S]*"clockTolerance" must be[\s\S]*"audience" has/,
    );
  });

  it.each(['5', Number.NaN, [5]])('refuses %j as a clock tolerance', (clockTolerance) => {
    const keys = createRemoteKeys({ jwksUri: issuer.jwksUri });
    const options = { issuer: issuer.issuer, keys, clockTolerance } as JwtVerifierOptions;
    expect(() => createJwtVerifier(options)).toThrow('"clockTolerance" must be 0 to 300 seconds.');
  });
});
