import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import type { AuthProvider, Revocation } from '@portcullis/core';
import { badTokenKinds, createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callTool } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

let attacker: FakeIssuer;
let attackersKey: KeyObject;
let attackersJwk: object;
beforeAll(async () => {
  attacker = await createFakeIssuer();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  attackersKey = privateKey;
  attackersJwk = publicKey.export({ format: 'jwk' });
});
afterAll(() => attacker.close());

/** Signed by a key that the issuer never published. */
function byAttacker(header: object, claims: object): string {
  const input = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1', ...header })}.${encode(claims)}`;
  const signature = signBytes('sha256', Buffer.from(input), {
    key: attackersKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

onEveryHost(({ eras, issuer, start }) => {
  const claimsOf = (host: Host) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: issuer().issuer, aud: host.url as unknown, sub: 'user-1', client_id: 'client-1' },
      ...{ jti: 't-1', iat: now, exp: now + 300, scope: 'mcp:tools:weather' },
    };
  };

  async function refuses(host: Host, tokens: readonly (readonly [string, string])[]) {
    const { origin } = new URL(host.url);
    for (const era of eras) {
      for (const [what, token] of tokens) {
        const answer = await callTool(host, era, token, 'weather');
        expect([what, answer.status, answer.headers.get('www-authenticate')]).toEqual([
          what,
          401,
          `Bearer error="invalid_token", scope="mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", error_description="The access token is invalid, expired or was issued for another server"`,
        ]);
      }
    }
    expect(host.ran).toEqual([]);
    // What the bad ones are made of is good.
    const good = await issuer().mint({ claims: claimsOf(host) });
    const statuses = [];
    for (const era of eras) statuses.push((await callTool(host, era, good, 'weather')).status);
    expect(statuses).toEqual(eras.map(() => 200));
  }

  it('lets no token choose how it is verified, or by which key (RS-51, ATK-40, ATK-41)', async () => {
    const host = await start();
    const claims = claimsOf(host);
    const payload = encode(claims);
    const own = (header: Record<string, unknown>) => issuer().mint({ claims, header });
    const [head, , signature] = (await own({})).split('.');
    const bait = attacker.jwksUri;
    await refuses(host, [
      ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => {
        const header = encode({ alg, typ: 'at+jwt', kid: 'key-1' });
        return [
          [`${alg}, unsigned`, `${header}.${payload}.`],
          [`${alg}, signed`, `${header}.${payload}.${signature}`],
        ] as const;
      }),
      ['an empty signature', `${head}.${payload}.`],
      ['HS256 by the public key', await issuer().mint({ claims, forge: 'hmac' })],
      ['another algorithm', await own({ alg: 'RS256' })],
      ['its own jwk', byAttacker({ jwk: attackersJwk }, claims)],
      ['its own jku', byAttacker({ jku: bait }, claims)],
      ['its own x5u', byAttacker({ x5u: bait }, claims)],
      ['its own x5c', byAttacker({ x5c: ['AAAA'] }, claims)],
      ['a path as kid', byAttacker({ kid: '../../../dev/null' }, claims)],
      ['SQL as kid', byAttacker({ kid: "' OR 1=1 --" }, claims)],
      ['lines as kid', byAttacker({ kid: 'key-1\r\nSet-Cookie: a=b' }, claims)],
      ['no kid', byAttacker({ kid: undefined }, claims)],
      ['an unknown extension', await own({ crit: ['urn:x'], 'urn:x': true })],
      ['an unencoded payload', await own({ crit: ['b64'], b64: false })],
    ]);
    expect(attacker.fetches).toEqual({ metadata: 0, keys: 0, redirected: 0 });
  });

  it('takes tokens of its issuer alone, and of those the ones for itself (RS-52, RS-53, ATK-43, ATK-44)', async () => {
    const host = await start();
    const own = (change: Record<string, unknown>) =>
      issuer().mint({ claims: { ...claimsOf(host), ...change } });
    const { origin } = new URL(host.url);
    const iss = issuer().issuer;
    const audiences: readonly unknown[] = [
      ...[origin, `${origin}/`, `${host.url}/`, `${host.url}-evil`, `${host.url}/tools`],
      ...[host.url.replace('/mcp', '/MCP'), host.url.slice(0, -1), host.neighbour.url],
      ...['', '*', 7, true, null, undefined, {}, [], [origin, 'x'], [[host.url]]],
    ];
    await refuses(host, [
      // The attacker’s first key has the name of ours.
      ['another issuer', await attacker.mint({ claims: { aud: host.url } })],
      ['another issuer in our name', await attacker.mint({ claims: claimsOf(host) })],
      ['a slash more', await own({ iss: `${iss}/` })],
      ['another case', await own({ iss: iss.replace('http', 'HTTP') })],
      ['a tenant', await own({ iss: `${iss}/tenant-b` })],
      ...(await Promise.all(
        audiences.map(async (aud) => [`aud ${JSON.stringify(aud)}`, await own({ aud })] as const),
      )),
    ]);
  });

  it('takes no other kind of token, and none out of its time (RS-54, RS-55, RS-56, ATK-45, ATK-46)', async () => {
    const host = await start();
    const claims = claimsOf(host);
    const { iat: now } = claims;
    const own = (change: Record<string, unknown>, typ = 'at+jwt') =>
      issuer().mint({ claims: { ...claims, ...change }, header: { typ } });
    const types = [
      ...['JWT', 'id_token+jwt', 'dpop+jwt', 'oauth-id-jag+jwt', 'logout+jwt', 'rt+jwt', ''],
      ...['client-authentication+jwt', 'token-introspection+jwt', 'secevent+jwt', 'at+jwt ', 'at'],
    ];
    const times: readonly Record<string, unknown>[] = [
      ...[undefined, `${now + 300}`, -1, 0, now - 3600, (now + 300) * 1000, 1e300, null, true].map(
        (exp) => ({ exp }),
      ),
      ...[{ nbf: now + 3600 }, { nbf: 'soon' }, { iat: now + 3600 }],
    ];
    await refuses(host, [
      ...(await Promise.all(
        types.map(async (typ) => [`typ ${JSON.stringify(typ)}`, await own({}, typ)] as const),
      )),
      ...(await Promise.all(
        times.map(async (time) => [JSON.stringify(time), await own(time)] as const),
      )),
      ...(await Promise.all(
        ['sub', 'client_id', 'iat', 'jti'].map(
          async (name) => [`no ${name}`, await own({ [name]: undefined })] as const,
        ),
      )),
    ]);
  });

  it('takes nothing that is not quite a JWT, and breaks on none of it (RS-43, RS-51, ATK-47)', async () => {
    const host = await start();
    const claims = claimsOf(host);
    const [head = '', payload = '', signature = ''] = (await issuer().mint({ claims })).split('.');
    const header = '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}';
    const sign = (text: string) => issuer().sign(header, text);
    const json = JSON.stringify(claims).slice(0, -1);
    await refuses(host, [
      ['a JWE', `${encode({ alg: 'dir', enc: 'A256GCM' })}..${payload}.${payload}.${signature}`],
      ['a JWT in a JWT', await sign(`"${head}.${payload}.${signature}"`)],
      ['a list', await sign('[]')],
      ['nothing', await sign('null')],
      ['no JSON', await sign('{')],
      ['a doubled claim', await sign(`${json},"sub":"admin"}`)],
      ['a prototype', await sign(`${json},"__proto__":{"scope":"mcp:tools:*"}}`)],
      ['two parts', `${head}.${payload}`],
      ['four parts', `${head}.${payload}.${signature}.${signature}`],
      ['bits that no byte has', `${head}.${payload}.${signature.slice(0, -1)}_`],
      ['more than a token may have', 'x'.repeat(12_000)],
    ]);
    expect(({} as { scope?: string }).scope).toBe(undefined);
  });

  it('refuses what every provider refuses (ATK-40, ATK-45, ATK-46)', async () => {
    const host = await start();
    await refuses(
      host,
      await Promise.all(
        badTokenKinds.map(async (kind) => [kind, await issuer().mintBad(kind)] as const),
      ),
    );
  });

  it('fetches keys once for a flood of unknown ones, and goes on with those it has (RS-63, ATK-42)', async () => {
    const host = await start();
    const claims = claimsOf(host);
    const good = await issuer().mint({ claims });
    expect((await callTool(host, 'legacy', good, 'weather')).status).toBe(200);
    const before = issuer().fetches.keys;
    const flood = Array.from({ length: 100 }, (_, index) =>
      callTool(host, 'legacy', byAttacker({ kid: `flood-${index}` }, claims), 'weather'),
    );
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(issuer().fetches.keys - before).toBeLessThanOrEqual(1);
    const other = await issuer().mint({ claims: { ...claims, jti: 't-2' } });
    expect((await callTool(host, 'legacy', other, 'weather')).status).toBe(200);
  });

  it('forgets at once a token that it remembered, when it is revoked (RS-61, ATK-50)', async () => {
    const listeners = new Set<(revocation: Revocation) => void>();
    const onRevocation: AuthProvider['onRevocation'] = (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    };
    const provider = issuer().provider();
    let verify = provider.verify;
    let asked = 0;
    const host = await start({
      provider: {
        ...provider,
        onRevocation,
        verify(...given) {
          asked += 1;
          return verify(...given);
        },
      },
    });
    const token = await issuer().mint({ claims: claimsOf(host) });
    const status = async () => (await callTool(host, 'legacy', token, 'weather')).status;
    expect([await status(), await status(), asked]).toEqual([200, 200, 1]);
    verify = async () => ({ kind: 'rejection', code: 'token_revoked', detail: 'revoked' });
    for (const listen of listeners) listen({ kind: 'token', tokenId: 't-1' });
    expect([await status(), asked]).toEqual([401, 2]);
    expect(host.ran).toEqual(['weather', 'weather']);
  });
});
