import type { Choice } from './choice.js';
import { commands } from './package-managers.js';

/** The three commands that somebody wants next. */
export function nextCommands({ directory, packageManager }: Choice): readonly string[] {
  const { run, install } = commands[packageManager];
  const isHere = ['.', './'].includes(directory);
  return isHere
    ? [install, `${run} demo`, `${run} start`]
    : [`cd ${quoted(directory)}`, install, `${run} demo`];
}

const quoted = (path: string) => (/^[\w./~@+-]+$/.test(path) ? path : JSON.stringify(path));
