import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { ConfigurationError } from '@portcullis/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { sqliteStore } from './sqlite-store.js';

const run = promisify(execFile);
const opener = new URL('./__fixtures__/open-sqlite.mjs', import.meta.url);

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portcullis-store-'));
  path = join(directory, 'store.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('sqliteStore', () => {
  storeContract({
    it,
    create: async (now) => sqliteStore({ path, now }),
    shared: async () => ({ opener, location: path }),
  });

  it('keeps records over a restart', async () => {
    const before = sqliteStore({ path });
    await before.write('RefreshToken', 'secret', { jti: 'secret', n: 1 }, { grantId: 'g' });
    await before.consume('RefreshToken', 'secret', 5);
    await before.close();
    const after = sqliteStore({ path });
    expect(await after.read('RefreshToken', 'secret')).toEqual({
      payload: { jti: 'secret', n: 1 },
      consumedAt: 5,
    });
    await after.removeGrant('g');
    expect(await after.read('RefreshToken', 'secret')).toBeUndefined();
    await after.close();
  });

  it('leaves no id, alias or grant in the clear in its files (AS-94)', async () => {
    const store = sqliteStore({ path });
    const options = { alias: 'the-alias-0123', grantId: 'the-grant-0123' };
    await store.write('Session', 'the-secret-0123', { jti: 'the-secret-0123' }, options);
    await store.insertIfAbsent('ReplayDetection', 'the-assertion-0123', 9_999_999_999);
    const files = [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
    await store.close();
    expect(files).toContain('Session');
    expect(files).not.toMatch(/the-(secret|alias|grant|assertion)-0123/);
  });

  it.runIf(process.platform !== 'win32')('is readable for its owner only', async () => {
    const fresh = sqliteStore({ path });
    await fresh.write('Client', 'a', {});
    const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777);
    await fresh.close();
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    chmodSync(path, 0o644);
    await sqliteStore({ path }).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('says that it was locked out, as an outage, and goes on afterwards', async () => {
    const store = sqliteStore({ path, busyTimeoutMs: 20 });
    await store.write('AuthorizationCode', 'a', {});
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.consume('AuthorizationCode', 'a', 1)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      retryAfter: 1,
      message: `The SQLite store ${JSON.stringify(path)} is locked by another process; the busy timeout ran out.`,
    });
    expect(await store.read('AuthorizationCode', 'a')).toEqual({ payload: {} });
    other.exec('ROLLBACK');
    other.close();
    expect(await store.consume('AuthorizationCode', 'a', 1)).toBe(true);
    await store.close();
  });

  it('waits for a lock that is released in time', async () => {
    const store = sqliteStore({ path });
    const holder = run(process.execPath, [
      '--no-warnings',
      '--eval',
      `const { DatabaseSync } = require('node:sqlite');
       const d = new DatabaseSync(${JSON.stringify(path)});
       d.exec('BEGIN IMMEDIATE'); console.log('held'); setTimeout(() => d.exec('COMMIT'), 300);`,
    ]);
    await new Promise((resolve) => holder.child.stdout?.once('data', resolve));
    const began = Date.now();
    await store.write('Client', 'a', {});
    expect(Date.now() - began).toBeGreaterThan(100);
    await holder;
    await store.close();
  });
});

describe('sqliteStore at the start', () => {
  function problemOf(start: () => unknown): string {
    try {
      start();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      return String((error as Error).message).replaceAll(directory, '<dir>');
    }
    throw new Error('It started.');
  }

  it('refuses a directory that is missing', () => {
    expect(problemOf(() => sqliteStore({ path: join(directory, 'no', 'a.sqlite') }))).toBe(
      '"sqliteStore.path" "<dir>/no/a.sqlite" lies in "<dir>/no", which is not a directory. Create the directory, or name a file in one that exists.',
    );
  });

  it('refuses a directory in place of the file', () => {
    expect(problemOf(() => sqliteStore({ path: directory }))).toBe(
      '"sqliteStore.path" "<dir>" is a directory. Name a file.',
    );
  });

  it('refuses a file that is no database, and leaves it alone', () => {
    writeFileSync(path, 'Dear diary, today I was not a database.'.repeat(100));
    const before = readFileSync(path);
    expect(problemOf(() => sqliteStore({ path }))).toBe(
      '"sqliteStore.path" "<dir>/store.sqlite" is not a SQLite database; it was left as it is. Name another file.',
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a damaged database, and leaves it alone', async () => {
    const store = sqliteStore({ path });
    for (let n = 0; n < 200; n += 1)
      await store.write('Client', `c${n}`, { text: 'x'.repeat(500) });
    await store.close();
    truncateSync(path, 8192);
    const before = readFileSync(path);
    expect(problemOf(() => sqliteStore({ path }))).toBe(
      '"sqliteStore.path" "<dir>/store.sqlite" is damaged; it was left as it is. Restore it from a backup, or move it away to start empty (everybody signs in again).',
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses the database of another program, and leaves it alone', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    const before = readFileSync(path);
    expect(problemOf(() => sqliteStore({ path }))).toBe(
      '"sqliteStore.path" "<dir>/store.sqlite" is the database of another program; it was left as it is. Name another file.',
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a newer schema, and leaves it alone', async () => {
    await sqliteStore({ path }).close();
    const newer = new DatabaseSync(path);
    newer.exec('INSERT INTO schema_version (version, applied_at) VALUES (2, 0)');
    newer.close();
    expect(problemOf(() => sqliteStore({ path }))).toBe(
      '"sqliteStore.path" "<dir>/store.sqlite" has schema 2, and this version knows 1; it was left as it is. Update @portcullis/provider-local, or name another file.',
    );
  });

  it('refuses a file that another process holds', async () => {
    await sqliteStore({ path }).close();
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    expect(problemOf(() => sqliteStore({ path, busyTimeoutMs: 20 }))).toBe(
      '"sqliteStore.path" "<dir>/store.sqlite" is locked by another process. Close the program that has it open, such as a second copy of this server or a database viewer, and start again.',
    );
    other.close();
  });

  it('names every option that is wrong, and creates nothing', () => {
    expect(problemOf(() => sqliteStore({ path: ':memory:', busyTimeoutMs: 0 }))).toBe(
      'The configuration has 2 problems:\n  - "sqliteStore.path" must be the path of a file; got ":memory:". Name a file, such as "portcullis.sqlite"; for a store in memory use memoryStore().\n' +
        '  - "sqliteStore.busyTimeoutMs" must be a whole number of milliseconds from 1 to 60000; got 0. Leave it out for 2000.',
    );
    expect(existsSync(':memory:')).toBe(false);
  });

  it('migrates once, however often it starts', async () => {
    for (let n = 0; n < 3; n += 1) await sqliteStore({ path }).close();
    const database = new DatabaseSync(path);
    expect(database.prepare('SELECT version FROM schema_version').all()).toEqual([{ version: 1 }]);
    database.close();
  });
});
