import type { Choice } from './choice.js';
import { commands } from './package-managers.js';

/**
 * The three commands that somebody wants next.
 *
 * @param platform - Whose shell they are for. Default: this computer's.
 */
export function nextCommands(
  { directory, packageManager }: Pick<Choice, 'directory' | 'packageManager'>,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  const { run, install } = commands[packageManager];
  const isHere = ['.', './'].includes(directory);
  return isHere
    ? [install, `${run} demo`, `${run} start`]
    : [`cd ${asWord(directory, platform)}`, install, `${run} demo`];
}

/** As a shell takes it for one word, and for nothing else. Windows knows double quotes only. */
function asWord(path: string, platform: NodeJS.Platform): string {
  if (/^[\w./@+][\w./@+-]*$/.test(path)) return path;
  if (platform === 'win32') return `"${path}"`;
  const relative = path.startsWith('-') ? `./${path}` : path;
  return `'${relative.replaceAll("'", "'\\''")}'`;
}
