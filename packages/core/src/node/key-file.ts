import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { KeySnapshotStore } from '../jwt/key-snapshot.js';

/** Write permission of the group and of everybody else. */
const OTHERS_WRITE = 0o022;

/**
 * One file that keeps an issuer's keys over a restart, so that a server starts while the issuer is down. One file an issuer.
 *
 * Written whole or not at all, readable by its owner alone. Whoever can write it decides whose tokens are good: a file
 * that its group or everybody may write is not read. Who may write the folder is NOT checked.
 *
 * @param path - Its folder must exist.
 */
export function keyFile(path: string): KeySnapshotStore {
  return {
    async read() {
      try {
        const { mode } = await stat(path);
        // Windows knows no such bits and sets them all.
        if (process.platform !== 'win32' && (mode & OTHERS_WRITE) !== 0) {
          throw new Error('The key file may be written by others: chmod 600.');
        }
        return await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
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
