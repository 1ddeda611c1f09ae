import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSmall, makeTemplate, newFolder, runIn, typing } from './run.harness.js';

let home: string;
let whole: string;
let template: string;
let directory: string;
beforeAll(async () => {
  home = newFolder();
  whole = await makeTemplate(home);
  template = makeSmall(whole);
  writeFileSync(join(home, 'package.json'), '{"version":"1.2.3"}');
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(() => {
  directory = newFolder();
});
afterEach(() => rmSync(directory, { recursive: true }));

const create = (...words: readonly string[]) => runIn({ directory, template }, ...words);
const read = (path: string) => readFileSync(join(directory, path), 'utf8');
const git = (folder: string, ...words: readonly string[]) =>
  execFileSync('git', words, { cwd: join(directory, folder), encoding: 'utf8' }).trim();

describe('without a terminal', () => {
  it('asks nothing, takes the defaults, and names three commands', async () => {
    expect(await create()).toEqual({
      code: 0,
      err: '',
      out: `
Made my-server in ${directory}/my-server: express, local.

Next:

  cd my-server
  npm install
  npm run demo

The demo explains every step. README.md says where things are.
`,
    });
    expect(JSON.parse(read('my-server/package.json'))).toMatchObject({ name: 'my-server' });
    expect(read('my-server/src/about.ts')).toContain("title: 'My Server',");
    expect(readdirSync(join(directory, 'my-server')).sort()).toEqual([
      '.dockerignore',
      '.env.example',
      '.git',
      '.gitignore',
      'AGENTS.md',
      'Dockerfile',
      'README.md',
      'package.json',
      'src',
      'tsconfig.json',
      'tsup.config.ts',
      'vitest.config.ts',
    ]);
    expect(readdirSync(directory)).toEqual(['my-server']);
  });

  it.each([
    ['npm', 'npm install', 'npm run demo'],
    ['pnpm', 'pnpm install', 'pnpm demo'],
    ['yarn', 'yarn', 'yarn demo'],
    ['bun', 'bun install', 'bun run demo'],
  ])('speaks of %s where that runs it, or was asked for', async (name, install, demo) => {
    const env = { PATH: process.env.PATH, npm_config_user_agent: `${name}/1.2.3 node/v24` };
    const commands = `  cd a\n  ${install}\n  ${demo}\n`;
    expect((await runIn({ directory, template, env }, 'a', '--no-git')).out).toContain(commands);
    expect(read('a/README.md')).toContain(`\n${install}\n${demo} `);
    const asked = await create('b', '--no-git', '--package-manager', name);
    expect(asked.out).toContain(commands.replace('cd a', 'cd b'));
  });

  it('settles what a package manager would stop at', async () => {
    const settings = ['pnpm-workspace.yaml', '.yarnrc.yml'];
    const found = async (name: string) => {
      await create(name, '--no-git', '--package-manager', name);
      const files = readdirSync(join(directory, name));
      return settings.filter((file) => files.includes(file));
    };
    expect(await found('pnpm')).toEqual(['pnpm-workspace.yaml']);
    expect(read('pnpm/pnpm-workspace.yaml')).toContain('\nallowBuilds:\n  esbuild: true\n');
    expect(await found('yarn')).toEqual(['.yarnrc.yml']);
    expect(read('yarn/.yarnrc.yml')).toBe('nodeLinker: node-modules\n');
    expect([await found('npm'), await found('bun')]).toEqual([[], []]);
  });

  it('takes every answer as an option', async () => {
    const { code } = await create(
      'deep/er',
      '--',
      '--provider=auth0',
      '--host=hono',
      '--no-git',
      '-y',
    );
    expect(code).toBe(0);
    const { name, dependencies } = JSON.parse(read('deep/er/package.json'));
    expect(name).toBe('er');
    expect(Object.keys(dependencies)).toEqual(
      expect.arrayContaining(['hono', '@portcullis/provider-auth0', '@portcullis/provider-local']),
    );
    expect(Object.keys(dependencies)).not.toContain('express');
    expect(readdirSync(join(directory, 'deep/er'))).not.toContain('.git');
  });

  it('leaves no placeholder behind, and folders that everybody may enter', async () => {
    await runIn({ directory, template: whole }, 'a', '--no-git');
    expect(readdirSync(join(directory, 'a/src/identity'))).toContain('local.ts');
    for (const entry of readdirSync(join(directory, 'a'), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!entry.isFile()) continue;
      expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toMatch(/__[A-Z]+__/);
    }
    const mode = (path: string) => statSync(join(directory, path)).mode & 0o777;
    expect(mode('a')).toBe(0o777 & ~process.umask());
  });

  it('fills the folder that one is in', async () => {
    mkdirSync(join(directory, 'here'));
    const { out } = await runIn({ directory: join(directory, 'here'), template }, '.');
    expect(out).toContain('Next:\n\n  npm install\n  npm run demo\n  npm run start\n');
    expect(JSON.parse(read('here/package.json')).name).toBe('here');
    expect(readdirSync(directory)).toEqual(['here']);
    expect(git('here', 'log', '--format=%s')).toBe('Start with create-portcullis');
  });
});

describe('refuses, and writes nothing:', () => {
  it('a name that a project cannot have', async () => {
    expect(await create('Server')).toEqual({
      code: 1,
      out: '',
      err: '"Server" cannot be the name of a project: write it as "server".\n',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('a folder that is not empty', async () => {
    mkdirSync(join(directory, 'a'));
    writeFileSync(join(directory, 'a/precious.txt'), 'mine');
    expect(await create('a')).toEqual({
      code: 1,
      out: '',
      err: '"a" is not empty: it has "precious.txt". Choose another folder, or empty it.\n',
    });
    expect(readdirSync(join(directory, 'a'))).toEqual(['precious.txt']);
    expect(readdirSync(directory)).toEqual(['a']);
  });

  it('the folder that nobody named, when it is taken', async () => {
    writeFileSync(join(directory, 'my-server'), 'mine');
    expect(await create()).toEqual({
      code: 1,
      out: '',
      err: '"my-server" is a file. Choose another folder.\n',
    });
  });

  it('a file, and a folder below a file', async () => {
    writeFileSync(join(directory, 'a'), 'mine');
    expect(await create('a')).toMatchObject({
      code: 1,
      err: '"a" is a file. Choose another folder.\n',
    });
    const { code, err } = await create('a/b');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^E(EXIST|NOTDIR): [^.]*'\. Nothing was written\.\n$/),
    ]);
    expect(read('a')).toBe('mine');
  });

  it.each([
    [['--provider', 'okta'], '--provider must be one of local, scalekit, auth0, oidc; got "okta".'],
    [['--host=koa'], '--host must be one of express, hono; got "koa".'],
    [
      ['--package-manager=cnpm'],
      '--package-manager must be one of npm, pnpm, yarn, bun; got "cnpm".',
    ],
    [['a', 'b c'], 'There can be one folder only; got "a" and "b c".'],
    [['--fast'], "Unknown option '--fast'."],
    [['--host'], "Option '--host <value>' argument missing."],
    [['--host', '--yes'], "Option '--host' argument is ambiguous."],
    [['--yes=true'], "Option '-y, --yes' does not take an argument."],
  ])('%j', async (words, problem) => {
    const err = `${problem}\nSee create-portcullis --help.\n`;
    expect(await create(...words)).toEqual({ code: 2, out: '', err });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['host', 'hono', '--host'],
    ['provider', 'true', '--provider'],
    ['package_manager', 'pnpm', '--package-manager'],
  ])('what npm kept for itself: %s', async (name, value, option) => {
    const env = { PATH: process.env.PATH, [`npm_config_${name}`]: value };
    expect(await runIn({ directory, template, env }, 'a')).toEqual({
      code: 2,
      out: '',
      err: `Npm kept ${option} for itself. Write two dashes before the options: npm create portcullis@latest my-server -- --host hono.\nSee create-portcullis --help.\n`,
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('a Node that is too old for the project', async () => {
    const ran = await runIn({ directory, template, nodeVersion: '22.12.0' }, 'a');
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'This needs Node 22.13 or newer; got 22.12.0. Install one from https://nodejs.org and run the command again.\n',
    });
    expect((await runIn({ directory, template, nodeVersion: '22.13.0' }, 'a')).code).toBe(0);
  });

  it('half a template: what was begun is removed', async () => {
    const broken = newFolder();
    mkdirSync(join(broken, 'dist/template/common'), { recursive: true });
    writeFileSync(join(broken, 'dist/template/common/a'), 'a');
    mkdirSync(join(broken, 'dist/template/host-express/a'), { recursive: true });
    writeFileSync(join(broken, 'dist/template/host-express/a/b'), 'b');
    const { code, err } = await runIn({ directory, template: join(broken, 'dist/template') }, 'a');
    rmSync(broken, { recursive: true });
    expect([code, err]).toEqual([1, expect.stringMatching(/ Nothing was written\.\n$/)]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('git', () => {
  it('has one commit with everything in it', async () => {
    await create('a');
    expect(git('a', 'log', '--format=%s %ae')).toBe('Start with create-portcullis ada@example.com');
    expect(git('a', 'status', '--porcelain')).toBe('');
    expect(git('a', 'ls-files')).toContain('src/policy.ts');
  });

  it('makes no repository inside of another', async () => {
    git('.', 'init', '--quiet');
    const { out } = await create('packages/a');
    expect(out).toContain(
      'The folder is in a git repository already, so it got none of its own.\n',
    );
    expect(readdirSync(join(directory, 'packages/a'))).not.toContain('.git');
  });

  it('leaves a repository without files to its owner', async () => {
    mkdirSync(join(directory, 'a'));
    git('a', 'init', '--quiet');
    const { code, out } = await create('a');
    expect([code, out]).toEqual([0, expect.stringContaining('in a git repository already')]);
    expect(git('a', 'status', '--porcelain')).toContain('?? README.md');
  });

  it('leaves a folder alone that only looks like a repository', async () => {
    mkdirSync(join(directory, 'a/.git/objects'), { recursive: true });
    const { code, out } = await create('a');
    expect([code, out]).toEqual([0, expect.stringContaining('in a git repository already')]);
    expect(readdirSync(join(directory, 'a/.git'))).toEqual(['objects']);
  });

  it('commits as the environment says, and in no repository that it speaks of', async () => {
    git('.', 'init', '--quiet', '--bare', 'other');
    const env = {
      ...{ PATH: process.env.PATH, HOME: directory },
      ...{ GIT_AUTHOR_NAME: 'Grace', GIT_AUTHOR_EMAIL: 'grace@example.com' },
      ...{ GIT_COMMITTER_NAME: 'Grace', GIT_COMMITTER_EMAIL: 'grace@example.com' },
      ...{ GIT_DIR: join(directory, 'other'), GIT_WORK_TREE: directory },
    };
    const { out } = await runIn({ directory, template, env }, 'a');
    expect(out).not.toContain('git');
    expect(git('a', 'log', '--format=%an %ae')).toBe('Grace grace@example.com');
    expect(readdirSync(join(directory, 'other/refs/heads'))).toEqual([]);
  });

  it('says what to ask where it cannot commit', async () => {
    writeFileSync(join(directory, '.gitconfig'), '[user]\n  useConfigOnly = true\n');
    const env = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
    const { code, out } = await runIn({ directory, template, env }, 'a');
    expect(code).toBe(0);
    expect(out).toContain(
      '\ngit made a repository and no commit. "git add --all" and "git commit" say why: mostly, it does not know who you are.\n',
    );
    expect(git('a', 'branch', '--show-current')).toBe('main');
  });

  it('does without where it does not work', async () => {
    writeFileSync(join(directory, '.gitconfig'), '[');
    const env = { PATH: process.env.PATH, HOME: directory };
    const { code, out } = await runIn({ directory, template, env }, 'a');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('\ngit could not make a repository. "git init" says why.\n'),
    ]);
    expect(readdirSync(join(directory, 'a'))).not.toContain('.git');
  });

  it('does without where there is none', async () => {
    const { code, out } = await runIn({ directory, template, env: { PATH: directory } }, 'a');
    expect([code, out]).toEqual([0, expect.stringContaining('There is no git here')]);
    expect(readdirSync(join(directory, 'a'))).not.toContain('.git');
  });
});

describe('in a terminal', () => {
  it('asks four questions, and takes numbers, names and Enter', async () => {
    const person = typing(
      ['Folder of the project (my-server): ', 'My Server\r'],
      ['Folder of the project (my-server): ', 'taken\r'],
      ['Folder of the project (my-server): ', 'finance\r'],
      ['Choose (local): ', '5\r'],
      ['Choose (local): ', ' 3 \r'],
      ['Choose (express): ', 'hono\r'],
      ['Choose (npm): ', '\r'],
    );
    writeFileSync(join(directory, 'taken'), '');
    const { code, out } = await runIn({ directory, template, keyboard: person.keyboard });
    expect(person.left).toEqual([]);
    expect([code, out]).toEqual([0, expect.stringContaining('hono, auth0.\n')]);
    expect(person.screen()).toContain('cannot be the name of a project: write it as "my-server".');
    expect(person.screen()).toContain('"taken" is a file. Choose another folder.');
    expect(person.screen()).toContain('Write a number from 1 to 4, or a name.');
    expect(person.screen().match(/\?/g)).toHaveLength(3);
    expect(readdirSync(directory)).toEqual(['finance', 'taken']);
  });

  it('reads as a list, line by line', async () => {
    const enter = ['my-server', 'local', 'express', 'npm'].map((word) => [`(${word}): `, '\r']);
    const person = typing(...(enter as [string, string][]));
    expect((await runIn({ directory, template, keyboard: person.keyboard })).code).toBe(0);
    const plain = stripVTControlCharacters(person.screen()).replaceAll('\r', '');
    expect(plain).toBe(`Folder of the project (my-server): 
Who signs people in?
  1  local     the embedded authorization server; no account anywhere
  2  scalekit  Scalekit, and local on laptops and in tests
  3  auth0     Auth0, and local on laptops and in tests
  4  oidc      any other OpenID Connect issuer, and local on laptops and in tests
Choose (local): 
What serves HTTP?
  1  express   Express 5
  2  hono      Hono 4, with the fetch API
Choose (express): 
What installs it?
  1  npm
  2  pnpm
  3  yarn
  4  bun
Choose (npm): 
`);
    // An input that goes on reading would keep the process from ending.
    expect(person.keyboard.input.isPaused()).toBe(true);
  });

  it('asks nothing for a folder that is taken', async () => {
    writeFileSync(join(directory, 'a'), '');
    const person = typing();
    const ran = await runIn({ directory, template, keyboard: person.keyboard }, 'a');
    expect([ran.code, person.screen()]).toEqual([1, '']);
  });

  it('does not ask what it was told', async () => {
    const person = typing(['Choose (local): ', '\r']);
    const words = ['a', '--host', 'express', '--package-manager', 'npm'];
    expect((await runIn({ directory, template, keyboard: person.keyboard }, ...words)).code).toBe(
      0,
    );
    expect(person.screen().match(/\?/g)).toEqual(['?']);
    const silent = typing();
    const all = ['b', '--yes'];
    expect((await runIn({ directory, template, keyboard: silent.keyboard }, ...all)).code).toBe(0);
    expect(silent.screen()).toBe('');
  });

  it.each([
    ['Ctrl+C', '\x03'],
    ['Ctrl+D', '\x04'],
  ])('leaves nothing behind at %s', async (_name, key) => {
    const person = typing(['my-server', 'a\r'], ['Choose (local): ', key]);
    const ran = await runIn({ directory, template, keyboard: person.keyboard });
    expect(ran).toEqual({ code: 130, out: '', err: '\nNothing was written.\n' });
    expect(readdirSync(directory)).toEqual([]);
  });
});

it('says what it can do, and which version it is', async () => {
  const { code, out } = await create('--help');
  expect(code).toBe(0);
  expect(await create('-h')).toEqual({ code, out, err: '' });
  expect(out).toContain('Usage: npm create portcullis@latest [folder] -- [options]');
  expect(await create('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});
