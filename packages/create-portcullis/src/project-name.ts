import { lstatSync, readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, resolve } from 'node:path';

/** Words in lower case with marks between them: npm, Docker, shells and Windows take it as it is. */
const NAME = /^[a-z0-9]+(?:(?:[._]|-+)[a-z0-9]+)*$/;

/** Devices, whatever follows a dot: Windows makes no folder of that name. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/** Why a project, which has the name of its folder, cannot be called so, if it cannot. */
function nameProblem(name: string): string | undefined {
  const say = (problem: string) =>
    `${JSON.stringify(name)} cannot be the name of a project: ${problem}`;
  if (name === '') return 'The folder needs a name: write one, such as my-server.';
  if (name.length > 214) return say('it is longer than 214 characters.');
  if (!NAME.test(name)) {
    const near = nearest(name);
    return say(
      near === ''
        ? 'use lower-case letters and digits, with - . _ between them.'
        : `write it as "${near}".`,
    );
  }
  if (['node_modules', 'favicon.ico', ...builtinModules].includes(name) || DEVICE.test(name)) {
    return say('it means something else to Node, npm or Windows. Choose another one.');
  }
  return undefined;
}

/** What somebody probably meant: `My Server` is `my-server`. */
const nearest = (name: string) =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join('-');

/**
 * Why no project can be made in a folder, if so. A repository without files counts as empty.
 *
 * @param written - As the person wrote it.
 * @param directory - Where the command runs.
 * @throws The system's error, when it cannot be read.
 */
export function folderProblem(written: string, directory: string): string | undefined {
  const shown = JSON.stringify(written);
  if (/^~(?:[/\\]|$)/.test(written)) {
    return `${shown} would be a folder called "~" here. Write the path in full.`;
  }
  const folder = resolve(directory, written);
  const problem = nameProblem(basename(folder));
  if (problem) return problem;
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) {
    const isLink = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
    return isLink ? `${shown} is a link that leads nowhere. Choose another folder.` : undefined;
  }
  if (!stats.isDirectory()) return `${shown} is a file. Choose another folder.`;
  const files = readdirSync(folder).filter((name) => name !== '.git');
  if (files.length === 0) return undefined;
  return `${shown} is not empty: it has ${files.length === 1 ? JSON.stringify(files[0]) : `${files.length} files`}. Choose another folder, or empty it.`;
}
