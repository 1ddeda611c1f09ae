import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import type { KeySnapshotStore } from '../jwt/key-snapshot.js';

/** Write permission of the group and of everybody else. */
const OTHERS_WRITE = 0o022;
/** Many times what an issuer publishes, in bytes. */
const MAX_BYTES = 4_194_304;
/** Without the second, a pipe would be waited for. Windows has neither. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

/**
 * One file that keeps an issuer's keys over a restart, so that a server starts while the issuer is down. One file an issuer.
 *
 * Written whole or not at all, readable by its owner alone. Whoever can write it decides whose tokens are good: a file
 * that its group or everybody may write is not read, nor one that belongs to somebody else but root. Who may write the folder is NOT
 * checked.
 *
 * @param path - Its folder must exist.
 */
export function keyFile(path: string): KeySnapshotStore {
  return {
    async read() {
      // What was looked at is what is read, whatever the path leads to by then.
      const file = await open(path, O_RDONLY | O_NONBLOCK).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      });
      try {
        const fault = file && faultOf(await file.stat());
        if (fault !== undefined) throw new Error(`The key file ${fault}.`);
        return await file?.readFile('utf8');
      } finally {
        await file?.close();
      }
    },
    async write(snapshot) {
      const draft = `${path}.${randomUUID()}`;
      try {
        await writeFile(draft, snapshot, { mode: 0o600, flag: 'wx' });
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}

/** Why a file is not to be read, as the end of a sentence. */
function faultOf(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'is no file';
  if (stats.size > MAX_BYTES) return 'is too large';
  // Windows knows no such owners, and sets all the bits.
  if (process.platform === 'win32') return undefined;
  if (stats.uid !== 0 && stats.uid !== process.getuid?.()) {
    return 'belongs to somebody else: remove it';
  }
  return (stats.mode & OTHERS_WRITE) === 0 ? undefined : 'may be written by others: chmod 600';
}
