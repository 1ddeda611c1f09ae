import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a git repository with one commit, where git is installed and the project is in no repository already.
 *
 * @param folder - The project, where it is made.
 * @param place - Where it will be, perhaps in folders that are not there yet.
 * @returns What was not done and why, in a sentence; `undefined` when all was done.
 */
export function startRepository(
  folder: string,
  place: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const gitIn = (directory: string, own: NodeJS.ProcessEnv, ...words: readonly string[]) =>
    spawnSync('git', words, { cwd: directory, env: own, encoding: 'utf8' });

  let around = place;
  while (!existsSync(around)) around = dirname(around);
  // What a hook or an editor set for another repository is not meant for this one. git knows which variables those are.
  const local = gitIn(around, env, 'rev-parse', '--local-env-vars');
  if (local.error) return 'There is no git here, so there is no repository.';
  const refused = 'git could not make a repository. "git init" says why.';
  if (local.status !== 0) return refused;
  const ofAnother = new Set(local.stdout.split('\n'));
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !ofAnother.has(name)));
  const done = (directory: string, ...words: readonly string[]) =>
    gitIn(directory, own, ...words).status === 0;

  if (existsSync(join(place, '.git')) || done(around, 'rev-parse', '--git-dir')) {
    return 'The folder is in a git repository already, so it got none of its own.';
  }
  if (!done(folder, 'init', '--initial-branch=main')) return refused;
  const words = ['commit', '--no-verify', '--message', 'Start with create-portcullis'];
  return done(folder, 'add', '--all') && done(folder, '-c', 'commit.gpgSign=false', ...words)
    ? undefined
    : 'git made a repository and no commit. "git add --all" and "git commit" say why: mostly, it does not know who you are.';
}
