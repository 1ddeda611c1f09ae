import { createHmac } from 'node:crypto';
import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { createFakeSigner, type FakeAlgorithm, type FakeSigner } from './fake-signer.js';

const holds = async (signer: FakeSigner, token: string) =>
  (await jwtVerify(token, createLocalJWKSet({ keys: [...signer.jwks().keys] }))).payload;

describe('createFakeSigner', () => {
  it.each<[FakeAlgorithm, string]>([
    ['ES256', 'EC'],
    ['ES384', 'EC'],
    ['RS256', 'RSA'],
    ['PS256', 'RSA'],
    ['EdDSA', 'OKP'],
  ])('signs with %s what its published key verifies', async (algorithm, kty) => {
    const signer = await createFakeSigner({ algorithm });
    const [jwk] = signer.jwks().keys;
    expect(jwk).toMatchObject({ kty, kid: 'key-1', use: 'sig', alg: algorithm });
    expect(jwk).not.toHaveProperty('d');
    const token = await signer.sign({ sub: 'a', gone: undefined }, { header: { typ: 'at+jwt' } });
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: 'key-1', typ: 'at+jwt' });
    expect(await holds(signer, token)).toEqual({ sub: 'a' });
  });

  it('has RSA keys of 2,048 bits', async () => {
    const [jwk] = (await createFakeSigner({ algorithm: 'RS256' })).jwks().keys;
    expect(Buffer.from(jwk?.n ?? '', 'base64url').byteLength).toBe(256);
  });

  it('names and dresses its keys as a vendor does', async () => {
    const signer = await createFakeSigner({
      keyId: (count) => `snk_${count}`,
      publicMembers: ({ alg: _alg, ...jwk }) => ({ ...jwk, x5t: 'thumb' }),
    });
    await signer.rotate();
    expect(signer.keyId).toBe('snk_2');
    expect(signer.jwks().keys.map(({ kid, alg, x5t }) => [kid, alg, x5t])).toEqual([
      ['snk_1', undefined, 'thumb'],
      ['snk_2', undefined, 'thumb'],
    ]);
  });

  it('signs with a key that is there already', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'mine' };
    const signer = await createFakeSigner({ privateKey: jwk });
    const token = await signer.sign({ sub: 'a' });
    expect((await compactVerify(token, publicKey)).protectedHeader.kid).toBe('mine');
    expect(signer.jwks().keys[0]).not.toHaveProperty('d');
  });

  it('keeps the old key published after a rotation, unless it is withdrawn', async () => {
    const signer = await createFakeSigner();
    const first = await signer.sign({ sub: 'first' });
    await signer.rotate();
    const second = await signer.sign({ sub: 'second' });
    expect(await holds(signer, first)).toEqual({ sub: 'first' });
    expect(await holds(signer, second)).toEqual({ sub: 'second' });
    await signer.rotate({ withdraw: true });
    expect(signer.jwks().keys.map(({ kid }) => kid)).toEqual(['key-1', 'key-3']);
    await expect(holds(signer, second)).rejects.toThrow('no applicable key');
  });

  it('publishes what it is given beside its own keys', async () => {
    const signer = await createFakeSigner();
    signer.publish({ kty: 'oct', k: 'AA', kid: 'shared' });
    expect(signer.jwks().keys.map(({ kid }) => kid)).toEqual(['key-1', 'shared']);
  });

  it('signs any text as it stands', async () => {
    const signer = await createFakeSigner();
    const token = await signer.signText('{"alg":"ES256","kid":"key-1"}', '{"a":1,"a":2}');
    const key = await importJWK(signer.jwks().keys[0] as JWK, 'ES256');
    const { payload } = await compactVerify(token, key);
    expect(Buffer.from(payload).toString()).toBe('{"a":1,"a":2}');
  });

  it('makes tokens that must not hold', async () => {
    const signer = await createFakeSigner({ algorithm: 'RS256' });
    const stranger = await signer.sign({ sub: 'a' }, { signedBy: 'stranger' });
    expect(decodeProtectedHeader(stranger).kid).toBe('key-1');
    await expect(holds(signer, stranger)).rejects.toThrow('signature verification failed');

    const tampered = await signer.sign({ sub: 'a' }, { forge: 'tampered' });
    expect(Buffer.from(tampered.split('.')[1] ?? '', 'base64url').toString()).toBe(
      '{"sub":"a","scope":"mcp:exec:workflows:*","tampered":true}',
    );
    await expect(holds(signer, tampered)).rejects.toThrow('signature verification failed');

    const unsigned = await signer.sign({ sub: 'a' }, { forge: 'unsigned' });
    expect(decodeProtectedHeader(unsigned)).toEqual({ alg: 'none', kid: 'key-1' });
  });

  it('keys HS256 with the text of the public key, as the classic attack does (ATK-40)', async () => {
    const signer = await createFakeSigner({ algorithm: 'RS256' });
    const token = await signer.sign({ sub: 'a' }, { forge: 'hmac' });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', kid: 'key-1' });
    const jwk = signer.jwks().keys[0] as JWK;
    const pem = await exportSPKI(
      (await importJWK(jwk, 'RS256', { extractable: true })) as CryptoKey,
    );
    const [head, payload, signature] = token.split('.');
    const mac = createHmac('sha256', pem).update(`${head}.${payload}`).digest('base64url');
    expect(signature).toBe(mac);
  });
});
