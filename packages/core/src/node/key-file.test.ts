import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  readlink,
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
    for (const bytes of [8_000_000_000, 4_194_305]) {
      await truncate(huge, bytes);
      await expect(keyFile(huge).read()).rejects.toThrow('The key file is too large.');
    }
  });

  it('has a file of four mebibytes whole as soon as it is written', async () => {
    const file = keyFile(join(folder, 'keys.json'));
    await file.write('k'.repeat(4_194_304));
    expect(await file.read()).toBe('k'.repeat(4_194_304));
  });

  it('takes only a file that is not there for none', async () => {
    await writeFile(join(folder, 'file'), '');
    const below = keyFile(join(folder, 'file', 'keys.json'));
    await expect(below.read()).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(existsSync('/proc/self/fd'))('holds no file open, read or refused', async () => {
    const path = join(folder, 'keys.json');
    await keyFile(path).write('keys');
    const held = async () => {
      const open = await readdir('/proc/self/fd');
      const targets = open.map((fd) => readlink(join('/proc/self/fd', fd)).catch(() => ''));
      return (await Promise.all(targets)).filter((target) => target.startsWith(folder));
    };
    await keyFile(path).read();
    expect(await held()).toEqual([]);
    await chmod(path, 0o666);
    await expect(keyFile(path).read()).rejects.toThrow('written by others');
    expect(await held()).toEqual([]);
  });

  it('says why it cannot write', async () => {
    const nowhere = keyFile(join(folder, 'none', 'keys.json'));
    await expect(nowhere.write('keys')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
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
