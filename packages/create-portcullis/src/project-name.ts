import { readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, resolve } from 'node:path';

/** The name of a project is that of its folder. */
export const nameOf = (folder: string): string => basename(resolve(folder));

/** Why npm would refuse the name, if it would. */
export function nameProblem(name: string): string | undefined {
  const say = (problem: string) => `"${name}" cannot be the name of a package: ${problem}`;
  if (name === '') return 'The folder needs a name: write one, such as my-server.';
  if (name !== name.toLowerCase()) return say(`write it as "${name.toLowerCase()}".`);
  if (name.length > 214) return say('it is longer than 214 characters.');
  if (!/^[a-z0-9~-][a-z0-9._~-]*$/.test(name)) {
    return say('use lower-case letters, digits and - . _ ~, and no dot at the beginning.');
  }
  if (['node_modules', 'favicon.ico', ...builtinModules].includes(name)) {
    return say('it means something else to Node or npm. Choose another one.');
  }
  return undefined;
}

/**
 * Why nothing can be written there, if so. A repository without files counts as empty.
 *
 * @param folder - As a path from the root.
 * @param written - As the person wrote it.
 */
export function directoryProblem(folder: string, written: string): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return `"${written}" is a file. Choose another folder.`;
  const files = readdirSync(folder).filter((name) => name !== '.git');
  if (files.length === 0) return undefined;
  return `"${written}" is not empty: it has ${files.length === 1 ? files[0] : `${files.length} files`}. Choose another folder, or empty it.`;
}
