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
  // What a hook or an editor set for another repository is not meant for this one.
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')));
  const git = (directory: string, ...words: readonly string[]) =>
    spawnSync('git', words, { cwd: directory, env: own, stdio: 'ignore' }).status;

  let around = place;
  while (!existsSync(around)) around = dirname(around);
  const inside = git(around, 'rev-parse', '--git-dir');
  if (inside === null) return 'There is no git here, so there is no repository.';
  if (inside === 0) return 'The folder is in a git repository already, so it got none of its own.';
  if (git(folder, 'init', '--initial-branch=main') !== 0 && git(folder, 'init') !== 0) {
    return 'git could not make a repository.';
  }
  const added = git(folder, 'add', '--all') === 0;
  const words = ['commit', '--no-verify', '--message', 'Start with create-portcullis'];
  if (added && git(folder, '-c', 'commit.gpgSign=false', ...words) === 0) return undefined;
  return existsSync(join(folder, '.git'))
    ? 'git made a repository and no commit: it does not know your name and e-mail address.'
    : undefined;
}
