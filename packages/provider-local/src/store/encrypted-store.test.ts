import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { encryptedStore } from './encrypted-store.js';
import type { LocalStore } from './local-store.js';
import { memoryStore } from './memory-store.js';

const newKey = () => randomBytes(32).toString('base64');
const [k1, k2, k3] = [newKey(), newKey(), newKey()];

/** A store that stays open when the one around it is closed, and the one around it. */
async function stage(...keys: string[]) {
  const inner = memoryStore();
  const reopen = (...others: string[]) =>
    encryptedStore({ ...inner, close: async () => {} }, { keys: others });
  return { inner, reopen, store: await reopen(...keys) };
}

/** The text that lies in the store, cut into its parts. */
async function rawOf(inner: LocalStore, kind: string, id: string) {
  const record = await inner.read(kind, id);
  const [name, keyId, sealed] = String(record?.payload['portcullis:sealed']).split('.');
  return { name, keyId, sealed };
}

describe('encryptedStore', () => {
  storeContract({
    it,
    create: async (now) => encryptedStore(memoryStore({ now }), { keys: [k1] }),
  });

  it('leaves nothing readable in the store (AS-94)', async () => {
    const { inner, store } = await stage(k1);
    const payload = { jti: 'the-id', clientSecret: 'hunter2', accountId: 'ada' };
    await store.write('Client', 'the-id', payload, { alias: 'the-alias', grantId: 'the-grant' });
    await store.insertIfAbsent('ReplayDetection', 'm', 9_999_999_999, { of: 'hunter2' });
    const raw = [await inner.read('Client', 'the-id'), await inner.read('ReplayDetection', 'm')];
    expect(raw).toEqual([
      { payload: { 'portcullis:sealed': expect.stringMatching(/^[\w-]{43}\.[\w-]{12}\.[\w-]+$/) } },
      { payload: { 'portcullis:sealed': expect.stringMatching(/^[\w-]{43}\.[\w-]{12}\.[\w-]+$/) } },
    ]);
    expect(JSON.stringify(raw)).not.toMatch(/hunter2|ada|the-|clientSecret/);
    expect(await store.read('Client', 'the-id')).toEqual({ payload });
    const { jti: _, ...rest } = payload;
    expect(await store.readByAlias('Client', 'the-alias')).toEqual({ payload: rest });
  });

  it('never seals one text twice to the same', async () => {
    const { inner, store } = await stage(k1);
    const seen = new Set<string | undefined>();
    for (let n = 0; n < 100; n += 1) {
      await store.write('Client', 'a', {});
      seen.add((await rawOf(inner, 'Client', 'a')).sealed);
    }
    expect(seen.size).toBe(100);
  });

  const moved = {
    code: 'PROVIDER_UNAVAILABLE',
    message: 'A stored record cannot be opened: it was changed, or moved from another record.',
  };

  it('refuses a payload that was moved to another record, by id and by alias', async () => {
    const { inner, store } = await stage(k1);
    await store.write('Session', 'ada', { accountId: 'ada' }, { alias: 'u-ada' });
    await store.write('Session', 'eve', { accountId: 'eve' }, { alias: 'u-eve' });
    await store.write('Grant', 'eve', { accountId: 'eve' });
    const eves = (await inner.read('Session', 'eve'))!.payload;
    await inner.write('Session', 'ada', eves, { alias: 'u-ada' });
    await inner.write('Grant', 'eve', eves);
    await expect(store.read('Session', 'ada')).rejects.toMatchObject(moved);
    await expect(store.readByAlias('Session', 'u-ada')).rejects.toMatchObject(moved);
    await expect(store.read('Grant', 'eve')).rejects.toMatchObject(moved);
    expect(await store.read('Session', 'eve')).toEqual({ payload: { accountId: 'eve' } });
  });

  it('refuses a payload in which any character was changed, cut off or put in', async () => {
    const { inner, store } = await stage(k1);
    await store.write('Client', 'a', { n: 1 });
    const text = String((await inner.read('Client', 'a'))?.payload['portcullis:sealed']);
    const start = text.indexOf('.') + 1;
    const broken = [text.slice(0, start), text.slice(0, -4), `${text}AAAA`, '', '.', '..', 'x'];
    for (let at = start; at < text.length; at += 1) {
      // The last character holds bits that are not part of the bytes; swapping the highest one shows in every place.
      const other = text[at] === 'A' ? 'g' : 'A';
      if (text[at] !== '.') broken.push(text.slice(0, at) + other + text.slice(at + 1));
    }
    for (const sealed of broken) {
      await inner.write('Client', 'a', { 'portcullis:sealed': sealed });
      await expect(store.read('Client', 'a'), sealed).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
      });
    }
  });

  it('lets one of two processes with different keys begin a store', async () => {
    const inner = { ...memoryStore(), close: async () => {} };
    const outcomeOf = (start: Promise<LocalStore>) =>
      start.then(
        () => 'begun',
        (error) => error.code,
      );
    // The slow one looks while the store is empty, and hears of it when the quick one has begun.
    let proceed = () => {};
    const quickIsDone = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const slow = encryptedStore(
      {
        ...inner,
        read: async (kind, id) => {
          const record = await inner.read(kind, id);
          await quickIsDone;
          return record;
        },
      },
      { keys: [k1] },
    );
    const quick = await outcomeOf(encryptedStore(inner, { keys: [k2] }));
    proceed();
    expect([await outcomeOf(slow), quick].sort()).toEqual(['CONFIGURATION_INVALID', 'begun']);
  });

  it('refuses a payload that was never sealed', async () => {
    const { inner, store } = await stage(k1);
    for (const payload of [{}, { accountId: 'eve' }, { 'portcullis:sealed': 1 }]) {
      await inner.write('Session', 'a', payload);
      await expect(store.read('Session', 'a')).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        message: 'A stored record cannot be opened: it was written without encryption.',
      });
    }
  });

  it('changes keys while old and new processes run', async () => {
    const { inner, store: old, reopen } = await stage(k1);
    await old.write('Client', 'a', { n: 1 });
    // Step 1: every process can open what the new key will seal.
    const prepared = await reopen(k1, k2);
    await prepared.write('Client', 'b', { n: 2 });
    expect(await old.read('Client', 'b')).toEqual({ payload: { n: 2 } });
    // Step 2: the new key seals.
    const changed = await reopen(k2, k1);
    await changed.write('Client', 'c', { n: 3 });
    for (const store of [prepared, changed]) {
      expect(await store.read('Client', 'a')).toEqual({ payload: { n: 1 } });
      expect(await store.read('Client', 'b')).toEqual({ payload: { n: 2 } });
      expect(await store.read('Client', 'c')).toEqual({ payload: { n: 3 } });
    }
    await changed.read('Client', 'a');
    await changed.read('Client', 'b');
    // Step 3: what was read meanwhile no longer needs the old key.
    const finished = await reopen(k2);
    expect(await finished.read('Client', 'a')).toEqual({ payload: { n: 1 } });
    expect(await finished.read('Client', 'b')).toEqual({ payload: { n: 2 } });
    expect((await rawOf(inner, 'Client', 'a')).keyId).toBe(
      (await rawOf(inner, 'Client', 'c')).keyId,
    );
  });

  it('seals anew what it reads, and keeps alias, grant, expiry and use', async () => {
    const { store, reopen } = await stage(k1);
    const expiresAt = Math.floor(Date.now() / 1000) + 60;
    await store.write('Session', 's', { n: 1 }, { alias: 'u', grantId: 'g', expiresAt });
    await store.consume('Session', 's', 5);
    const changed = await reopen(k2, k1);
    const record = { payload: { n: 1 }, consumedAt: 5 };
    expect(await changed.read('Session', 's')).toEqual(record);
    const finished = await reopen(k2);
    expect(await finished.read('Session', 's')).toEqual(record);
    expect(await finished.readByAlias('Session', 'u')).toEqual(record);
    await finished.removeGrant('g');
    expect(await finished.read('Session', 's')).toBeUndefined();
  });

  it('never brings back a record that was removed while it was sealed anew', async () => {
    const inner = memoryStore();
    const before = await encryptedStore(inner, { keys: [k1] });
    await before.write('AccessToken', 'a', { n: 1 }, { grantId: 'g' });
    const revoking: LocalStore = {
      ...inner,
      async replace(...args) {
        await inner.removeGrant('g');
        return inner.replace(...args);
      },
    };
    const store = await encryptedStore(revoking, { keys: [k2, k1] });
    await store.read('AccessToken', 'a');
    expect(await store.read('AccessToken', 'a')).toBeUndefined();
  });

  it('replaces a payload that others seal anew meanwhile, and gives up where that never ends', async () => {
    const { inner, store } = await stage(k1);
    await store.write('Key', 'a', { n: 1 });
    let restless = 3;
    const busy: LocalStore = {
      ...inner,
      async replace(...args) {
        if (--restless > 0) await store.write('Key', 'a', { n: 1 });
        return inner.replace(...args);
      },
    };
    const other = await encryptedStore(busy, { keys: [k1] });
    expect(await other.replace('Key', 'a', { n: 1 }, { n: 2 })).toBe(true);
    await store.write('Key', 'a', { n: 1 });
    restless = Number.POSITIVE_INFINITY;
    await expect(other.replace('Key', 'a', { n: 1 }, { n: 2 })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    expect(await store.read('Key', 'a')).toEqual({ payload: { n: 1 } });
  });

  it('refuses at the start keys that are not those of the store', async () => {
    const { reopen } = await stage(k1);
    const error = await reopen(k2, k3).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toBe(
      '"encryptedStore.keys" do not fit the store: what it holds was sealed with a key that "encryptedStore.keys" does not hold. Name the keys that it was sealed with, the newest first, or begin with an empty store.',
    );
  });

  it('refuses at the start a store that was used without encryption', async () => {
    const inner = memoryStore();
    await inner.write('Key', 'signing', { keys: [] });
    await expect(encryptedStore(inner, { keys: [k1] })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message:
        '"encryptedStore.keys" do not fit the store: what it holds was written without encryption. Name the keys that it was sealed with, the newest first, or begin with an empty store.',
    });
  });

  it('says of a record with an unknown key that it cannot answer', async () => {
    const { inner, store } = await stage(k1);
    await store.write('Client', 'a', {});
    const theirs = await stage(k2);
    await theirs.store.write('Client', 'a', {});
    await inner.write('Client', 'a', (await theirs.inner.read('Client', 'a'))!.payload);
    await expect(store.read('Client', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message:
        'A stored record cannot be opened: it was sealed with a key that "encryptedStore.keys" does not hold.',
    });
  });

  it('takes both spellings of base64 for one key', async () => {
    const spelled = Buffer.alloc(32, 0xfb);
    const { store, reopen } = await stage(spelled.toString('base64'));
    await store.write('Client', 'a', { n: 1 });
    const other = await reopen(spelled.toString('base64url'));
    expect(await other.read('Client', 'a')).toEqual({ payload: { n: 1 } });
  });

  it.each([
    [[], '"encryptedStore.keys" is empty.'],
    [['hunter2', k1], '"encryptedStore.keys[0]" must be 32 bytes in base64.'],
    [
      [k1, randomBytes(31).toString('base64')],
      '"encryptedStore.keys[1]" must be 32 bytes in base64.',
    ],
    [[k1, k1], '"encryptedStore.keys" has a key twice.'],
  ])('refuses keys that are none, and repeats none of them (case %#)', async (keys, problem) => {
    const error = await encryptedStore(memoryStore(), { keys }).catch((failure: Error) => failure);
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message } = error as Error;
    expect(message.startsWith(problem)).toBe(true);
    for (const key of keys) expect(message).not.toContain(key);
  });
});
