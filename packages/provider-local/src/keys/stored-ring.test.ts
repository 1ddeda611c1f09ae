import { ProviderUnavailableError } from '@portcullis/core';
import { describe, expect, it, vi } from 'vitest';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { cluster, hour, START, statesOf } from './__fixtures__/key-cluster.js';

describe('the store behind the keys', () => {
  it('is asked once in five seconds, whatever number of unknown key ids come by (ATK-42)', async () => {
    const inner = memoryStore({ now: () => START });
    let reads = 0;
    const store: LocalStore = {
      ...inner,
      read: (kind, id) => {
        if (id === 'signing') reads += 1;
        return inner.read(kind, id);
      },
    };
    const { clock, instance } = cluster({ store });
    const keys = instance();
    await keys.current();
    reads = 0;
    const { signal } = new AbortController();
    const flood = () =>
      Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          keys.source.find({ alg: 'ES256', kid: `unknown-${n}` }, signal),
        ),
      );
    for (const { kind } of [...(await flood()), ...(await flood())]) expect(kind).toBe('no_key');
    expect(reads).toBe(1);
    clock.now += 5;
    await flood();
    expect(reads).toBeLessThanOrEqual(3);
  });

  it('that is away makes an outage after five seconds, and no verdict', async () => {
    const inner = memoryStore({ now: () => START });
    let away = false;
    const store: LocalStore = {
      ...inner,
      async read(kind, id) {
        if (away) throw new Error('ECONNREFUSED');
        return inner.read(kind, id);
      },
    };
    const { clock, instance } = cluster({ store });
    const keys = instance();
    await keys.current();
    away = true;
    clock.now += 4;
    await keys.current();
    clock.now += 1;
    await expect(keys.current()).rejects.toThrow(ProviderUnavailableError);
    away = false;
    expect(await statesOf(keys)).toEqual(['active']);
  });

  it('that takes no writes keeps the old key signing', async () => {
    const inner = memoryStore({ now: () => START });
    let readOnly = false;
    const store: LocalStore = {
      ...inner,
      async replace(...step) {
        if (readOnly) throw new ProviderUnavailableError('read only');
        return inner.replace(...step);
      },
    };
    const { clock, instance } = cluster({ store });
    const keys = instance();
    await keys.current();
    readOnly = true;
    clock.now += 48 * hour;
    expect(await statesOf(keys)).toEqual(['active']);
    await expect(keys.rotate()).rejects.toThrow(ProviderUnavailableError);
    readOnly = false;
    clock.now += 5;
    expect(await statesOf(keys)).toEqual(['active', 'pending']);
  });

  it('that holds something else is an outage', async () => {
    const store = memoryStore({ now: () => START });
    for (const payload of [{}, { keys: [] }, { keys: [{ kid: 'x' }] }, { keys: 'x' }]) {
      await store.write('Key', 'signing', payload);
      const { instance } = cluster({ store });
      await expect(instance().current()).rejects.toThrow(/unknown form/);
    }
  });
});

const year = 365 * 24 * hour;
const datesOf = async (keys: { list(): Promise<readonly { readonly signsFrom: number }[]> }) =>
  (await keys.list()).map(({ signsFrom }) => signsFrom - START);

describe('a clock that is far ahead', () => {
  it('holds up nobody else with the key that it has dated', async () => {
    const { clock, instance } = cluster();
    const [right, ahead] = [instance(), instance('ES256', year)];
    await right.current();
    await ahead.current();
    expect(await datesOf(ahead)).toEqual([0, year + hour]);
    clock.now += 23 * hour;
    expect(await datesOf(right)).toEqual([0, 24 * hour, year + hour]);
    clock.now += hour;
    expect((await right.list())[0]).toMatchObject({
      state: 'active',
      signsFrom: START + 24 * hour,
    });
    // By hand too, and what leaked is followed by a key of now.
    expect((await right.rotate()).signsFrom).toBe(clock.now + hour);
    const [active, next] = await right.list();
    await right.withdraw(String(active?.keyId));
    await right.withdraw(String(next?.keyId));
    expect((await right.list())[0]).toMatchObject({ state: 'active', signsFrom: clock.now });
  });

  it('does not date the first key for the others', async () => {
    const { clock, instance } = cluster();
    const [first] = await instance('ES256', year).list();
    const right = instance();
    expect(await right.list()).toEqual([{ ...first, signsFrom: START }]);
    clock.now += 23 * hour;
    expect(await datesOf(right)).toEqual([0, 24 * hour]);
  });

  it('of five minutes is none', async () => {
    const { instance } = cluster();
    await instance('ES256', 300).current();
    expect(await datesOf(instance())).toEqual([300]);
  });
});

describe('a change of the keys whose answer is lost', () => {
  /** A store whose connection can break after a replacement, and stay away from reads. */
  function breaking() {
    const inner = memoryStore({ now: () => START });
    const broken = { replace: false, stays: false, read: false };
    const store: LocalStore = {
      ...inner,
      async read(kind, id) {
        if (broken.read) throw new ProviderUnavailableError('away');
        return inner.read(kind, id);
      },
      async replace(...step) {
        const done = await inner.replace(...step);
        broken.read = broken.stays;
        if (broken.replace) throw new ProviderUnavailableError('broke');
        return done;
      },
    };
    return { broken, ...cluster({ store }) };
  }

  it('has happened, and is in the audit log', async () => {
    const { broken, instance, rotations } = breaking();
    const keys = instance();
    const [old] = await keys.list();
    broken.replace = true;
    const next = await keys.rotate();
    expect(await keys.withdraw(String(old?.keyId))).toBe(true);
    expect((await keys.list()).map(({ keyId }) => keyId)).toEqual([next.keyId]);
    expect(rotations().map(({ type }) => type)).toEqual(['key_rotated', 'key_withdrawn']);
  });

  it('is in the audit log once it is repeated, where nobody could say whether it had happened', async () => {
    const { broken, instance, rotations } = breaking();
    const keys = instance();
    const [old] = await keys.list();
    const id = String(old?.keyId);
    broken.replace = true;
    broken.stays = true;
    await expect(keys.withdraw(id)).rejects.toThrow(ProviderUnavailableError);
    expect(rotations()).toEqual([]);
    broken.replace = false;
    broken.stays = false;
    broken.read = false;
    expect(await keys.withdraw(id)).toBe(true);
    expect(await keys.withdraw(id)).toBe(false);
    expect(rotations().map(({ type }) => type)).toEqual(['key_withdrawn']);
  });
});

it('keys that were stopped look after nothing any more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const inner = memoryStore({ now: () => START });
  let reads = 0;
  const { clock, instance } = cluster({
    store: {
      ...inner,
      read: (kind, id) => {
        reads += 1;
        return inner.read(kind, id);
      },
    },
  });
  const keys = instance();
  keys.stop();
  await keys.current();
  reads = 0;
  clock.now += 60;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads).toBe(0);
  vi.useRealTimers();
});
