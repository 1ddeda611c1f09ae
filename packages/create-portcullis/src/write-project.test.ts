import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { newFolder } from './run.harness.js';
import { writeProject } from './write-project.js';

let template: string;
let directory: string;
beforeAll(() => {
  template = newFolder();
  const files = {
    'common/_gitignore': '.env\n',
    'common/src/about.ts': "'__NAME__' '__NICKNAME__' '__TITLE__' __RUN__ __INSTALL__ __RUN__",
    'host-hono/_package.json': '{}',
    'host-express/never': '',
    'hono-oidc/src/both.ts': '',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(template, path)), { recursive: true });
    writeFileSync(join(template, path), text);
  }
});
afterAll(() => rmSync(template, { recursive: true }));
beforeEach(() => {
  directory = newFolder();
});
afterEach(() => rmSync(directory, { recursive: true }));

const projectIn = (folder: string) => ({
  ...({ provider: 'oidc', host: 'hono', packageManager: 'pnpm', git: false } as const),
  ...{ name: 'my.own_server', directory: folder, folder: join(directory, folder), template },
});
const written = ['.gitignore', 'package.json', 'pnpm-workspace.yaml', 'src'];

it('fills in what only the person knows, in the layers of the variant', async () => {
  const result = await writeProject(projectIn('a'), (made) => readdirSync(made).sort());
  expect(result).toEqual(written);
  expect(readdirSync(join(directory, 'a')).sort()).toEqual(written);
  expect(readdirSync(join(directory, 'a/src')).sort()).toEqual(['about.ts', 'both.ts']);
  expect(readFileSync(join(directory, 'a/src/about.ts'), 'utf8')).toBe(
    "'my.own_server' 'my-own_server' 'My Own Server' pnpm pnpm install pnpm",
  );
  expect(readdirSync(directory)).toEqual(['a']);
});

it('works in a folder that is there, and needs no room beside it', async () => {
  mkdirSync(join(directory, 'closed/here/.git'), { recursive: true });
  chmodSync(join(directory, 'closed'), 0o555);
  let beside: readonly string[] = [];
  await writeProject(projectIn('closed/here'), () => {
    beside = readdirSync(join(directory, 'closed'));
  });
  chmodSync(join(directory, 'closed'), 0o755);
  expect(beside).toEqual(['here']);
  expect(readdirSync(join(directory, 'closed/here')).sort()).toEqual(['.git', ...written]);
});

it.each(['a', 'deep/er/a'])(
  'leaves nothing of %s behind when something goes wrong',
  async (folder) => {
    const failing = writeProject(projectIn(folder), () => {
      throw new Error('No space left.');
    });
    await expect(failing).rejects.toThrow('No space left.');
    expect(readdirSync(directory)).toEqual([]);
  },
);

it('leaves nothing behind where a folder on the way cannot be made', async () => {
  const long = `deep/${'x'.repeat(300)}/a`;
  await expect(writeProject(projectIn(long), () => 0)).rejects.toThrow('ENAMETOOLONG');
  expect(readdirSync(directory)).toEqual([]);
});

it('leaves what somebody else put there meanwhile', async () => {
  const failing = writeProject(projectIn('deep/er/a'), () => {
    writeFileSync(join(directory, 'deep/precious.txt'), 'mine');
    throw new Error('No space left.');
  });
  await expect(failing).rejects.toThrow('No space left.');
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual([
    'deep',
    join('deep', 'precious.txt'),
  ]);
});

it('hears signals between two files, and leaves nothing behind when the process ends there', async () => {
  const before = process.listeners('exit');
  let heard = 0;
  const writing = writeProject(projectIn('deep/a'), () => 0);
  for (let files = 0; files < 3; files += 1) {
    await turn();
    heard += existsSync(join(directory, 'deep')) ? 1 : 0;
  }
  expect(heard).toBe(3);
  const [atExit] = process.listeners('exit').filter((each) => !before.includes(each));
  atExit?.call(process, 130);
  expect(readdirSync(directory)).toEqual([]);
  await expect(writing).rejects.toThrow('ENOENT');
  expect(process.listeners('exit')).toEqual(before);
});
