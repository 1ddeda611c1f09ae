import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that we tell apart. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code of an error thrown by `node:sqlite`; `undefined` for any other error. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  // The low byte; the rest refines it (SQLITE_BUSY_SNAPSHOT and the like).
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** Whether another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED;
}

/** A {@link ConfigurationError} on the option `sqliteStore.path` of the start. */
export function pathProblem(
  path: string,
  problem: string,
  remedy: string,
  cause?: unknown,
): ConfigurationError {
  return new ConfigurationError(
    [{ option: 'sqliteStore.path', problem: `${JSON.stringify(path)} ${problem}`, remedy }],
    cause === undefined ? {} : { cause },
  );
}

/** Why a database could not be opened, for the person who starts the server. The file is left as it is. */
export function startProblem(path: string, error: unknown): ConfigurationError {
  switch (sqliteCode(error)) {
    case BUSY:
    case LOCKED:
      return pathProblem(
        path,
        'is locked by another process.',
        'Close the program that has it open, such as a second copy of this server or a database viewer, and start again.',
        error,
      );
    case READONLY:
      return pathProblem(
        path,
        'cannot be written.',
        'Make the file and its directory writable.',
        error,
      );
    case CORRUPT:
      return damaged(path, error);
    case FULL:
      return pathProblem(path, 'lies on a disk that is full.', 'Free some space.', error);
    case CANTOPEN:
      return pathProblem(
        path,
        'cannot be opened.',
        'Make the file and its directory readable and writable for this user.',
        error,
      );
    case NOTADB:
      return pathProblem(
        path,
        'is not a SQLite database; it was left as it is.',
        'Name another file.',
        error,
      );
    default:
      return pathProblem(path, `cannot be opened: ${messageOf(error)}.`, 'Check the file.', error);
  }
}

/** The problem of a file whose pages no longer fit together. */
export function damaged(path: string, cause?: unknown): ConfigurationError {
  return pathProblem(
    path,
    'is damaged; it was left as it is.',
    'Restore it from a backup, or move it away to start empty (everybody signs in again).',
    cause,
  );
}

/** Why a running store could not answer: an outage, which is a 503 on the wire and never a verdict. */
export function outage(path: string, error: unknown): ProviderUnavailableError {
  const where = `The SQLite store ${JSON.stringify(path)}`;
  const message = isBusy(error)
    ? `${where} is locked by another process; the busy timeout ran out.`
    : `${where} cannot be asked: ${messageOf(error)}.`;
  return new ProviderUnavailableError(message, { cause: error, retryAfter: isBusy(error) ? 1 : 5 });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
