import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createLocalKeys } from './local-keys.js';

const signal = new AbortController().signal;

async function keyPair(kid: string): Promise<{ readonly open: JWK; readonly secret: JWK }> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const named = { kid, alg: 'ES256', use: 'sig' };
  return {
    open: { ...(await exportJWK(pair.publicKey)), ...named },
    secret: { ...(await exportJWK(pair.privateKey)), ...named },
  };
}

describe('createLocalKeys', () => {
  it('finds its keys and swaps them, telling listeners when one is gone', async () => {
    const [one, two] = await Promise.all([keyPair('one'), keyPair('two')]);
    const keys = createLocalKeys({ keys: [one.open] });
    let told = 0;
    const stop = keys.onRetired(() => {
      told += 1;
    });
    const find = (kid: string) => keys.find({ alg: 'ES256', kid }, signal);
    expect(await find('one')).toEqual({ kind: 'key', key: expect.anything() });
    expect(await find('two')).toMatchObject({ kind: 'no_key' });
    keys.replace({ keys: [one.open, two.open] });
    expect([told, (await find('two')).kind]).toEqual([0, 'key']);
    keys.replace({ keys: [two.open] });
    expect([told, (await find('one')).kind]).toEqual([1, 'no_key']);
    stop();
    keys.replace({ keys: [one.open] });
    expect(told).toBe(1);
  });

  it('refuses private keys and sets without keys, and keeps the old set', async () => {
    const { open, secret } = await keyPair('one');
    expect(() => createLocalKeys({ keys: [secret] })).toThrow('holds private material');
    for (const nothing of [undefined, null, {}, { keys: [] }, { keys: 'one' }, { keys: [null] }]) {
      expect(() => createLocalKeys(nothing)).toThrow('"jwks" is unusable');
    }
    const keys = createLocalKeys({ keys: [open] });
    expect(() => keys.replace({ keys: [] })).toThrow('"jwks" is unusable');
    expect(await keys.find({ alg: 'ES256', kid: 'one' }, signal)).toMatchObject({ kind: 'key' });
  });
});
