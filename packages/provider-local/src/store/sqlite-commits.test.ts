import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommits } from './sqlite-commits.js';
import { sqliteStore } from './sqlite-store.js';

let directory: string;
let database: DatabaseSync;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portcullis-commits-'));
  database = new DatabaseSync(join(directory, 'a.sqlite'));
  database.exec('CREATE TABLE names (name TEXT PRIMARY KEY)');
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const insert = (name: string) => () =>
  database.prepare('INSERT INTO names VALUES (?)').run(name).changes;
const names = () =>
  database
    .prepare('SELECT name FROM names')
    .all()
    .map(({ name }) => name);

describe('steps of one turn', () => {
  it('share a transaction, and each has its own answer', async () => {
    const commits = createCommits(database);
    const inside: boolean[] = [];
    const step = (name: string) => () => {
      inside.push(database.isTransaction);
      return insert(name)();
    };
    const [first, twice, last] = await Promise.allSettled([
      commits.run(step('a')),
      commits.run(step('a')),
      commits.run(step('b')),
    ]);
    expect(inside).toEqual([true, true, true]);
    expect([first?.status, twice?.status, last?.status]).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(names()).toEqual(['a', 'b']);
    expect(database.isTransaction).toBe(false);
  });

  it('all fail, and hold up nobody, when their commit leaves the transaction open', async () => {
    database.exec(
      'CREATE TABLE friends (name TEXT REFERENCES names DEFERRABLE INITIALLY DEFERRED)',
    );
    const commits = createCommits(database);
    const befriend = () => database.prepare("INSERT INTO friends VALUES ('nobody')").run();
    const run = (...steps: readonly (() => unknown)[]) =>
      Promise.allSettled(steps.map((step) => commits.run(step)));
    const failed = await run(insert('a'), befriend);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(names()).toEqual([]);
    const others = await run(insert('a'), insert('b'));
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('all fail, and change nothing, when their commit fails', async () => {
    const commits = createCommits(database);
    const undo = () => database.exec('ROLLBACK');
    const steps = [insert('a'), undo].map((step) => commits.run<unknown>(step));
    const outcomes = await Promise.allSettled(steps);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(names()).toEqual([]);
    expect(await commits.run(insert('a'))).toBe(1);
  });

  it('all fail while another process writes, and the next ones go on', async () => {
    const commits = createCommits(database);
    const other = new DatabaseSync(join(directory, 'a.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const outcomes = await Promise.allSettled([commits.run(insert('a')), commits.run(insert('b'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    other.exec('ROLLBACK');
    other.close();
    await Promise.all([commits.run(insert('a')), commits.run(insert('b'))]);
    expect(names()).toEqual(['a', 'b']);
  });
});

describe('a store', () => {
  it('writes a payload as it was when it was asked to, and what waits when it is closed', async () => {
    const path = join(directory, 'store.sqlite');
    const store = sqliteStore({ path });
    const payload: { n: number } = { n: 1 };
    const written = store.write('Grant', 'g', payload);
    payload.n = 2;
    const closed = store.close();
    await Promise.all([written, closed]);
    const again = sqliteStore({ path });
    expect(await again.read('Grant', 'g')).toEqual({ payload: { n: 1 } });
    await again.close();
  });
});
