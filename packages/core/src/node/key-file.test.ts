import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRemoteKeys } from '../jwt/remote-keys.js';
import { createFakeIssuer } from '../testing/fake-issuer.js';
import { keyFile } from './key-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('keyFile', () => {
  it('starts a server while its issuer is down', async () => {
    const issuer = await createFakeIssuer();
    const path = join(folder, 'keys.json');
    const query = { alg: 'ES256', kid: 'key-1' };
    const start = () => createRemoteKeys({ issuer: issuer.issuer, snapshot: keyFile(path) });
    const { signal } = new AbortController();
    await start().find(query, signal);
    await issuer.close();
    await expect.poll(() => readdir(folder)).toEqual(['keys.json']);
    expect(await start().find(query, signal)).toMatchObject({ kind: 'key' });
  });

  it('gives back what was written last, readable by its owner alone', async () => {
    const path = join(folder, 'keys.json');
    const file = keyFile(path);
    expect(await file.read()).toBeUndefined();
    await file.write('first');
    await file.write('second');
    expect(await file.read()).toBe('second');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([0o620, 0o602, 0o666])(
    'does not read a file of mode %o, which others may write',
    async (mode) => {
      const path = join(folder, 'keys.json');
      await writeFile(path, 'keys of anybody');
      await chmod(path, mode);
      await expect(keyFile(path).read()).rejects.toThrow(
        'The key file may be written by others: chmod 600.',
      );
    },
  );

  it('leaves no draft behind where it cannot write', async () => {
    const file = keyFile(folder);
    await expect(file.write('keys')).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    expect(await readdir(join(folder, '..'))).not.toContainEqual(
      expect.stringContaining(`${folder.split('/').at(-1)}.`),
    );
  });
});
