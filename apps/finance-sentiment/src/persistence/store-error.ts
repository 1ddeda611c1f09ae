/** Why a file of ours cannot be used. */
export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_CORRUPT' | 'STORE_UNAVAILABLE';

/** A file cannot be read or written. Nothing was changed by the attempt. The message names the file and the remedy. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// SQLite's primary result codes.
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

function resultCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  // The low byte of an extended code is the primary one.
  return typeof code === 'number' ? code & 0xff : 0;
}

/** What SQLite threw, in words for whoever runs the server. */
export function toStoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = resultCode(error);
  if (code === BUSY || code === LOCKED) {
    const message = `"${path}" is locked by another process. Stop that process, or configure another file.`;
    return new StoreError('STORE_LOCKED', message, { cause: error });
  }
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    const message = `"${path}" is damaged, or no SQLite file. It was left as it is: move it away to start afresh, or restore a copy.`;
    return new StoreError('STORE_CORRUPT', message, { cause: error });
  }
  const reason = error instanceof Error ? error.message : 'unknown reason';
  const message = `"${path}" cannot be used: ${reason}. Check that its folder exists and may be written to.`;
  return new StoreError('STORE_UNAVAILABLE', message, { cause: error });
}
