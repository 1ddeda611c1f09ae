import type { Choice } from './choice.js';
import { commands } from './package-managers.js';

/** The three commands that somebody wants next. */
export function nextCommands({ directory, packageManager }: Choice): readonly string[] {
  const { run, install } = commands[packageManager];
  const isHere = ['.', './'].includes(directory);
  return isHere
    ? [install, `${run} demo`, `${run} start`]
    : [`cd ${asWord(directory)}`, install, `${run} demo`];
}

/** As a shell takes it for one word, and for nothing else. Windows knows double quotes only. */
function asWord(path: string): string {
  if (/^[\w./@+][\w./@+-]*$/.test(path)) return path;
  if (process.platform === 'win32') return `"${path}"`;
  const relative = path.startsWith('-') ? `./${path}` : path;
  return `'${relative.replaceAll("'", "'\\''")}'`;
}
