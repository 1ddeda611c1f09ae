import assert from 'node:assert/strict';
import type { LocalStore, RecordOptions } from '../store/local-store.js';
import { raceBetweenProcesses, type SharedStore } from './store-race.js';

/** What the contract needs of a test runner. */
export interface StoreContractOptions {
  /** The runner's own `it`. */
  readonly it: (name: string, test: () => Promise<void>, timeoutMs?: number) => void;
  /** Makes an empty store that tells the time by `now`, in seconds since the epoch; the contract closes it. */
  readonly create: (now: () => number) => Promise<LocalStore>;
  /** For a store that several processes share: makes an empty one. Without it, single use is only raced for within one process. */
  readonly shared?: () => Promise<SharedStore>;
  /** Whether the database removes expired records by itself, so that sweeping finds nothing. Default false. */
  readonly expiresByItself?: boolean;
}

const START = 1_700_000_000;
const RACERS = 20;

/**
 * The promises of {@link LocalStore}, as tests for any store: single use under a 20-way race, between processes too, expiry, grants,
 * aliases, sweeping.
 *
 * @example describe('my store', () => storeContract({ it, create: async (now) => myStore({ now }) }));
 */
export function storeContract(options: StoreContractOptions): void {
  const { it, create, shared, expiresByItself = false } = options;

  /** One test on a store of its own, with a clock in its hands. */
  function test(
    name: string,
    run: (store: LocalStore, clock: { now: number }) => Promise<void>,
  ): void {
    it(name, async () => {
      const clock = { now: START };
      const store = await create(() => clock.now);
      try {
        await run(store, clock);
      } finally {
        await store.close();
      }
    });
  }

  test('gives back what was written', async (store) => {
    const payload = { jti: 'a', list: [1, { deep: null }], text: 'ä\u0000"\u2028', flag: false };
    await store.write('AccessToken', 'a', payload);
    assert.deepEqual(await store.read('AccessToken', 'a'), { payload });
  });

  test('knows nothing that was not written', async (store) => {
    assert.equal(await store.read('AccessToken', 'a'), undefined);
    assert.equal(await store.readByAlias('Session', 'a'), undefined);
    assert.equal(await store.consume('AccessToken', 'a', START), false);
    await store.remove('AccessToken', 'a');
    await store.removeGrant('g');
  });

  test('keeps kinds, ids, aliases and grants of one spelling apart', async (store) => {
    await store.write('AccessToken', 'x', { of: 'token' });
    await store.write('Session', 'x', { of: 'session' }, { alias: 'y' });
    await store.write('Client', 'z', { of: 'client' }, { alias: 'x', grantId: 'x' });
    assert.deepEqual(await store.read('AccessToken', 'x'), { payload: { of: 'token' } });
    assert.deepEqual(await store.read('Session', 'x'), { payload: { of: 'session' } });
    assert.equal(await store.read('Session', 'y'), undefined);
    assert.equal(await store.readByAlias('Client', 'y'), undefined);
    await store.removeGrant('x');
    assert.deepEqual(await store.read('AccessToken', 'x'), { payload: { of: 'token' } });
    assert.equal(await store.read('Client', 'z'), undefined);
  });

  test('takes ids of any characters and length, exactly as written', async (store) => {
    const ids = [
      '',
      'A',
      'a',
      ' a',
      'https://a.example/client?x=1',
      "'; DROP TABLE records; --",
      'é',
      'e\u0301',
      '\0',
      'x'.repeat(10_000),
    ];
    for (const [index, id] of ids.entries()) await store.write('Client', id, { index });
    for (const [index, id] of ids.entries()) {
      assert.deepEqual(await store.read('Client', id), { payload: { index } });
    }
  });

  test('hands out values that nobody else holds', async (store) => {
    const payload = { list: ['a'] };
    await store.write('Grant', 'a', payload);
    payload.list.push('b');
    const first = await store.read('Grant', 'a');
    assert.ok(first);
    assert.deepEqual(first, { payload: { list: ['a'] } });
    (first.payload.list as string[]).push('c');
    assert.deepEqual(await store.read('Grant', 'a'), { payload: { list: ['a'] } });
  });

  test('replaces a record whole', async (store, clock) => {
    await store.write(
      'Session',
      'a',
      { old: 1 },
      { alias: 'u', grantId: 'g', expiresAt: START + 10 },
    );
    await store.write('Session', 'a', { young: 1 }, { alias: 'v' });
    assert.equal(await store.readByAlias('Session', 'u'), undefined);
    assert.deepEqual(await store.readByAlias('Session', 'v'), { payload: { young: 1 } });
    await store.removeGrant('g');
    clock.now = START + 100;
    assert.deepEqual(await store.read('Session', 'a'), { payload: { young: 1 } });
  });

  test('puts a payload in the place of the expected one, and of no other', async (store, clock) => {
    const options: RecordOptions = { expiresAt: START + 10, alias: 'u', grantId: 'g' };
    await store.write('Session', 'a', { jti: 'a', n: 1 }, options);
    assert.equal(await store.replace('Session', 'a', { jti: 'a', n: 0 }, { n: 9 }), false);
    assert.equal(await store.replace('Session', 'b', {}, { n: 9 }), false);
    assert.equal(await store.replace('Session', 'a', { jti: 'a', n: 1 }, { n: 2 }), true);
    assert.deepEqual(await store.readByAlias('Session', 'u'), { payload: { n: 2 } });
    assert.equal(await store.consume('Session', 'a', START), true);
    assert.equal(await store.replace('Session', 'a', { n: 2 }, { n: 3 }), true);
    assert.deepEqual(await store.read('Session', 'a'), { payload: { n: 3 }, consumedAt: START });
    clock.now = START + 10;
    assert.equal(await store.replace('Session', 'a', { n: 3 }, { n: 4 }), false);
    clock.now = START;
    await store.removeGrant('g');
    assert.equal(await store.replace('Session', 'a', { n: 3 }, { n: 4 }), false);
    assert.equal(await store.read('Session', 'a'), undefined);
  });

  test('lets one of 20 replace a payload', async (store) => {
    await store.write('Key', 'a', { n: 1 });
    assert.equal(await winners(() => store.replace('Key', 'a', { n: 1 }, { n: 2 })), 1);
  });

  test('consumes a record once (AS-81, ATK-08)', async (store) => {
    await store.write('AuthorizationCode', 'a', { of: 'code' });
    assert.equal(await store.consume('AuthorizationCode', 'a', START + 1), true);
    assert.equal(await store.consume('AuthorizationCode', 'a', START + 2), false);
    assert.deepEqual(await store.read('AuthorizationCode', 'a'), {
      payload: { of: 'code' },
      consumedAt: START + 1,
    });
  });

  test('never revives a consumed record by writing it again (AS-81)', async (store) => {
    await store.write('RefreshToken', 'a', { n: 1 }, { expiresAt: START + 10 });
    await store.consume('RefreshToken', 'a', START);
    await store.write('RefreshToken', 'a', { n: 2 }, { expiresAt: START + 10 });
    assert.equal(await store.consume('RefreshToken', 'a', START), false);
    assert.deepEqual(await store.read('RefreshToken', 'a'), {
      payload: { n: 2 },
      consumedAt: START,
    });
  });

  test('lets one of 20 consume a record (ATK-08, ATK-69)', async (store) => {
    for (let round = 0; round < 10; round += 1) {
      const id = `code-${round}`;
      await store.write('AuthorizationCode', id, {}, { expiresAt: START + 60 });
      assert.equal(await winners(() => store.consume('AuthorizationCode', id, START)), 1);
    }
  });

  test('lets one of 20 insert what is absent (ATK-12)', async (store) => {
    for (let round = 0; round < 10; round += 1) {
      const id = `assertion-${round}`;
      assert.equal(await winners(() => store.insertIfAbsent('ReplayDetection', id, START + 60)), 1);
    }
  });

  test('lets one of 20 insert over an expired record', async (store, clock) => {
    assert.equal(await store.insertIfAbsent('ReplayDetection', 'a', START + 5), true);
    assert.equal(await store.insertIfAbsent('ReplayDetection', 'a', START + 50), false);
    clock.now = START + 5;
    assert.equal(await winners(() => store.insertIfAbsent('ReplayDetection', 'a', START + 9)), 1);
    clock.now = START + 8;
    assert.equal(await store.insertIfAbsent('ReplayDetection', 'a', START + 50), false);
  });

  if (shared) {
    it(
      'lets one of 20 processes have each code, refresh token and marker (ATK-08, ATK-12, ATK-69)',
      async () => raceBetweenProcesses(await shared()),
      60_000,
    );
  }

  test('inserts what it is given, and nothing else', async (store) => {
    const payload = { jti: 'a', list: [1] };
    assert.equal(await store.insertIfAbsent('Key', 'a', START + 60, payload), true);
    assert.equal(await store.insertIfAbsent('Key', 'a', START + 60, { other: true }), false);
    assert.equal(await store.insertIfAbsent('Key', 'b', START + 60), true);
    assert.deepEqual(await store.read('Key', 'a'), { payload });
    assert.deepEqual(await store.read('Key', 'b'), { payload: {} });
  });

  test('never inserts over a record without expiry', async (store, clock) => {
    await store.write('ReplayDetection', 'a', {});
    clock.now = START + 1_000_000_000;
    assert.equal(await store.insertIfAbsent('ReplayDetection', 'a', clock.now + 1), false);
  });

  test('counts an expired record as absent in every step', async (store, clock) => {
    const options: RecordOptions = { expiresAt: START + 10, alias: 'u', grantId: 'g' };
    await store.write('Session', 'a', { of: 'session' }, options);
    clock.now = START + 9.5;
    assert.deepEqual(await store.read('Session', 'a'), { payload: { of: 'session' } });
    clock.now = START + 10;
    assert.equal(await store.read('Session', 'a'), undefined);
    assert.equal(await store.readByAlias('Session', 'u'), undefined);
    assert.equal(await store.consume('Session', 'a', START + 10), false);
  });

  test('lists the youngest records under an alias', async (store, clock) => {
    const list = async (alias: string, limit: number, kind = 'LiveAccess') =>
      (await store.listByAlias(kind, alias, limit)).map(({ payload }) => payload.n);
    for (let n = 0; n < 12; n += 1) {
      const expiresAt = START + (n === 10 ? 5 : 50);
      await store.write('LiveAccess', `${n}`, { n }, { alias: 'u', grantId: `${n}`, expiresAt });
    }
    await store.write('LiveAccess', 'v', { n: 99 }, { alias: 'v' });
    await store.write('Session', 'u', { n: 98 }, { alias: 'u' });
    assert.deepEqual(await list('u', 3), [11, 10, 9]);
    assert.deepEqual(await list('nobody', 3), []);
    await store.consume('LiveAccess', '11', START + 1);
    assert.deepEqual(await store.listByAlias('LiveAccess', 'u', 1), [
      { payload: { n: 11 }, consumedAt: START + 1 },
    ]);
    clock.now = START + 5;
    await store.remove('LiveAccess', '0');
    await store.removeGrant('1');
    assert.deepEqual(await list('u', 100), [11, 9, 8, 7, 6, 5, 4, 3, 2]);
    assert.deepEqual(await list('u', 100, 'Session'), [98]);
  });

  test('finds the youngest record under an alias', async (store) => {
    await store.write('Session', 'old', { n: 1 }, { alias: 'u' });
    await store.write('Session', 'young', { n: 2 }, { alias: 'u' });
    assert.deepEqual(await store.readByAlias('Session', 'u'), { payload: { n: 2 } });
    await store.remove('Session', 'old');
    assert.deepEqual(await store.readByAlias('Session', 'u'), { payload: { n: 2 } });
  });

  test('removes every record of a grant, and no other (AS-104)', async (store) => {
    await store.write('AccessToken', 'a', {}, { grantId: 'g' });
    await store.write('RefreshToken', 'a', {}, { grantId: 'g' });
    await store.write('RefreshToken', 'b', { n: 1 }, { grantId: 'other' });
    await store.write('Client', 'a', { n: 2 });
    await store.removeGrant('g');
    assert.equal(await store.read('AccessToken', 'a'), undefined);
    assert.equal(await store.read('RefreshToken', 'a'), undefined);
    assert.deepEqual(await store.read('RefreshToken', 'b'), { payload: { n: 1 } });
    assert.deepEqual(await store.read('Client', 'a'), { payload: { n: 2 } });
  });

  test('sweeps expired records in steps, and keeps the rest', async (store) => {
    for (let n = 0; n < 5; n += 1)
      await store.write('Session', `s${n}`, {}, { expiresAt: START + 1 });
    await store.write('Session', 'later', { n: 1 }, { expiresAt: START + 100 });
    await store.write('Client', 'always', { n: 2 });
    const removed = [await store.sweep(START, 10)];
    for (let step = 0; step < 3; step += 1) removed.push(await store.sweep(START + 1, 3));
    assert.deepEqual(removed, expiresByItself ? [0, 0, 0, 0] : [0, 3, 2, 0]);
    assert.deepEqual(await store.read('Session', 'later'), { payload: { n: 1 } });
    assert.deepEqual(await store.read('Client', 'always'), { payload: { n: 2 } });
  });

  test('rejects, and answers nothing, once it is closed', async (store) => {
    await store.write('Session', 'a', {});
    await store.close();
    const steps: readonly (() => Promise<unknown>)[] = [
      () => store.read('Session', 'a'),
      () => store.readByAlias('Session', 'a'),
      () => store.listByAlias('Session', 'a', 1),
      () => store.write('Session', 'a', {}),
      () => store.consume('Session', 'a', START),
      () => store.insertIfAbsent('Session', 'a', START),
      () => store.replace('Session', 'a', {}, {}),
      () => store.remove('Session', 'a'),
      () => store.removeGrant('a'),
      () => store.sweep(START, 1),
    ];
    for (const step of steps) await assert.rejects(step, { code: 'PROVIDER_UNAVAILABLE' });
  });
}

/** How many of 20 callers at once were told `true`. */
async function winners(step: () => Promise<boolean>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: RACERS }, step));
  return answers.filter((won) => won).length;
}
