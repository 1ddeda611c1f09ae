import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AuthError } from '@portcullis/core';
import { damaged, isBusy, pathProblem, startProblem } from './sqlite-errors.js';
import { migrate, SCHEMA_VERSION } from './sqlite-migrations.js';

/** Owner only: the payloads hold client secrets and session ids. */
const FILE_MODE = 0o600;

/**
 * Opens the database at a path: creates it for its owner only, checks that it is whole and ours, and brings its schema up to date.
 * Blocks for at most `busyTimeoutMs` where another process holds the lock.
 *
 * @throws {ConfigurationError} naming the path and the remedy; a file that was there is unchanged.
 */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  claimFile(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // The default is 0: the first collision of two processes would be an error.
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    prepare(database, path, busyTimeoutMs);
    return database;
  } catch (error) {
    database?.close();
    throw AuthError.isInstance(error) ? error : startProblem(path, error);
  }
}

function prepare(database: DatabaseSync, path: string, busyTimeoutMs: number): void {
  const check = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (check !== 'ok') throw damaged(path);

  const refusal = migrate(database, Date.now() / 1000);
  if (refusal?.kind === 'foreign') {
    throw pathProblem(
      path,
      'is the database of another program; it was left as it is.',
      'Name another file.',
    );
  }
  if (refusal?.kind === 'newer') {
    throw pathProblem(
      path,
      `has schema ${refusal.version}, and this version knows ${SCHEMA_VERSION}; it was left as it is.`,
      'Update @portcullis/provider-local, or name another file.',
    );
  }
  // Readers and one writer at a time do not wait for each other. Lasts in the file.
  untilFree(busyTimeoutMs, () => database.exec('PRAGMA journal_mode = WAL'));
  // Power loss must not bring back a code that was used: every commit reaches the disk.
  database.exec('PRAGMA synchronous = FULL');
}

function claimFile(path: string): void {
  const directory = dirname(resolve(path));
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw pathProblem(
      path,
      `lies in ${JSON.stringify(directory)}, which is not a directory.`,
      'Create the directory, or name a file in one that exists.',
    );
  }
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw pathProblem(path, 'is a directory.', 'Name a file.');
    }
    closeSync(openSync(path, 'a', FILE_MODE));
    // SQLite gives its journal files the mode of the database.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, FILE_MODE);
  } catch (error) {
    if (AuthError.isInstance(error)) throw error;
    throw pathProblem(
      path,
      'cannot be opened for reading and writing by its owner alone.',
      'Give the file and its directory to the user that runs the server.',
      error,
    );
  }
}

/** Tries again while the file is locked: a change of the journal mode does not wait by itself. */
function untilFree(timeoutMs: number, step: () => void): void {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      step();
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
