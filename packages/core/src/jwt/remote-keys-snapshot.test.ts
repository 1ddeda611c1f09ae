import { afterEach, describe, expect, it } from 'vitest';
import { createFakeIssuer, type FakeIssuer } from '../testing/fake-issuer.js';
import type { KeySnapshotStore } from './key-snapshot.js';
import { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';

const quiet = new AbortController().signal;
const open: FakeIssuer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((issuer) => issuer.close()));
});

/** A store that outlives the key sets which use it. */
function memory(written?: string): KeySnapshotStore & { written?: string } {
  const store: KeySnapshotStore & { written?: string } = {
    ...(written === undefined ? {} : { written }),
    read: async () => store.written,
    write: async (snapshot) => {
      store.written = snapshot;
    },
  };
  return store;
}

/** An issuer whose keys were fetched and kept at second 1,800,000,000, by a process that is gone. */
async function kept() {
  const time = { seconds: 1_800_000_000 };
  const clock = () => time.seconds * 1000;
  const issuer = await createFakeIssuer({ clock });
  open.push(issuer);
  const snapshot = memory();
  const reports: string[] = [];
  const restarted = (options: RemoteKeysOptions = {}): RemoteKeys =>
    createRemoteKeys({
      ...{ issuer: issuer.issuer, clock, timeoutMs: 300, snapshot },
      report: (message) => reports.push(message),
      ...options,
    });
  await find(restarted());
  return { issuer, time, snapshot, reports, restarted };
}

const find = (keys: RemoteKeys, kid = 'key-1') => keys.find({ alg: 'ES256', kid }, quiet);

describe('createRemoteKeys with a snapshot (RS-63)', () => {
  it('starts with the set that the last process had, without a request', async () => {
    const { issuer, time, restarted } = await kept();
    time.seconds += 599;
    const keys = restarted();
    expect(await find(keys)).toMatchObject({ kind: 'key', freshFor: 5 });
    expect(issuer.fetches).toEqual({ metadata: 1, keys: 1, redirected: 0 });
    expect(keys.status()).toEqual({ usable: true, keys: 1, age: 599, ignored: [] });
  });

  it('fetches anew where that set is too old, and falls back on it while the issuer is down', async () => {
    const { issuer, time, restarted } = await kept();
    time.seconds += 601;
    await issuer.close();
    expect(await find(restarted())).toMatchObject({ kind: 'key', freshFor: 5 });
    time.seconds += 3599;
    await expect(find(restarted())).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });

  it('replaces it by what the issuer says now', async () => {
    const { issuer, time, snapshot, restarted } = await kept();
    const before = snapshot.written;
    await issuer.rotate();
    time.seconds += 601;
    await find(restarted(), 'key-2');
    expect(snapshot.written).not.toBe(before);
    await issuer.close();
    expect(await find(restarted(), 'key-2')).toMatchObject({ kind: 'key' });
  });

  it.each([
    [
      'the keys of another issuer',
      (text: string) => text.replace('"source":"http', '"source":"hxxp'),
    ],
    ['another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['a cut file', (text: string) => text.slice(0, -9)],
    ['no document', (text: string) => text.replace('"document"', '"other"')],
    ['no list of keys', (text: string) => text.replace('"keys":[', '"keys":{},"others":[')],
    ['no time', (text: string) => text.replace('"at":1800000000000', '"at":"1800000000000"')],
    ['nothing', () => 'null'],
    ['no object', () => '"keys"'],
  ])('asks the issuer where the snapshot holds %s, and says so', async (_, change) => {
    const { issuer, snapshot, reports, restarted } = await kept();
    snapshot.written = change(snapshot.written ?? '');
    expect(await find(restarted())).toMatchObject({ kind: 'key' });
    expect(issuer.fetches.keys).toBe(2);
    expect(reports).toEqual(['The key snapshot is of no use.']);
  });

  it('asks the issuer where the store never answers, and says so', async () => {
    const { issuer, reports, restarted } = await kept();
    const hung: KeySnapshotStore = {
      read: () => new Promise(() => {}),
      write: async () => {},
    };
    expect(await find(restarted({ snapshot: hung }))).toMatchObject({ kind: 'key' });
    expect(issuer.fetches.keys).toBe(2);
    expect(reports).toEqual(['The key snapshot could not be read.']);
  });

  it('does not believe a snapshot of tomorrow', async () => {
    const { issuer, time, restarted } = await kept();
    time.seconds -= 86_400;
    await find(restarted());
    expect(issuer.fetches.keys).toBe(2);
  });

  it('serves without it where it cannot be read or written', async () => {
    const { reports, restarted } = await kept();
    const refusing = () => {
      throw new Error('no disk');
    };
    expect(await find(restarted({ snapshot: { read: refusing, write: refusing } }))).toMatchObject({
      kind: 'key',
    });
    expect(reports).toEqual([
      'The key snapshot could not be read.',
      'The key snapshot could not be written.',
    ]);
  });

  it('reads it once for many callers', async () => {
    const { snapshot, restarted } = await kept();
    let reads = 0;
    const read = () => {
      reads += 1;
      return snapshot.read();
    };
    const keys = restarted({ snapshot: { ...snapshot, read } });
    await Promise.all([find(keys), find(keys), find(keys)]);
    expect(reads).toBe(1);
  });
});
