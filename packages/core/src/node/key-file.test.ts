import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
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

  it.runIf(process.getuid?.() === 0)(
    'does not read what somebody else has put there, be it behind a link',
    async () => {
      const [path, link] = [join(folder, 'keys.json'), join(folder, 'link.json')];
      await writeFile(path, 'keys of somebody else', { mode: 0o600 });
      await symlink(path, link);
      await chown(path, 65_534, 65_534);
      for (const each of [path, link]) {
        await expect(keyFile(each).read()).rejects.toThrow(
          'The key file belongs to somebody else: remove it.',
        );
      }
    },
  );

  it('waits for nobody and reads no more than keys can be: a pipe, a folder, a huge file', async () => {
    const [pipe, huge] = [join(folder, 'pipe'), join(folder, 'huge.json')];
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    for (const path of [pipe, folder]) {
      await chmod(path, 0o700);
      await expect(keyFile(path).read()).rejects.toThrow('The key file is no file.');
    }
    await writeFile(huge, '', { mode: 0o600 });
    await truncate(huge, 8_000_000_000);
    await expect(keyFile(huge).read()).rejects.toThrow('The key file is too large.');
  });

  it('leaves no draft behind where it cannot write', async () => {
    const file = keyFile(folder);
    await expect(file.write('keys')).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    expect(await readdir(join(folder, '..'))).not.toContainEqual(
      expect.stringContaining(`${folder.split('/').at(-1)}.`),
    );
  });
});
