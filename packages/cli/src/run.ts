import { setupHelp, topHelp } from './help.js';
import type { ExitCode, Io } from './io.js';
import { printable } from './printable.js';
import { setup } from './setup/setup.js';

/**
 * Runs the command line `portcullis …`.
 *
 * @param words - What follows the program's name.
 * @returns 0: as wished. 1: `--check` found a difference. 2: not asked, or not done in full;
 *   standard error says why.
 */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const [group, vendor, ...rest] = words;
  const asksForHelp = words.includes('--help') || words.includes('-h');
  if (group === undefined || (group !== 'setup' && asksForHelp)) {
    io.out(topHelp);
    return group === undefined && !asksForHelp ? 2 : 0;
  }
  if (group !== 'setup') {
    io.err('There is no such command. See portcullis --help.\n');
    return 2;
  }
  if (asksForHelp) {
    io.out(setupHelp);
    return 0;
  }
  if (vendor === 'auth0') {
    // A vendor's SDK is large: nobody waits for one that is not asked for.
    const { auth0 } = await import('./setup/auth0/auth0.js');
    return guarded(io, () => setup(auth0, rest, { id: vendor, io }));
  }
  if (vendor === 'scalekit') {
    const { scalekit } = await import('./setup/scalekit/scalekit.js');
    return guarded(io, () => setup(scalekit, rest, { id: vendor, io }));
  }
  io.err('Set up what? Write portcullis setup auth0 or portcullis setup scalekit.\n');
  return 2;
}

/**
 * A fault of our own is no verdict either. Its message is left out: it could repeat what was sent.
 */
async function guarded(io: Io, command: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await command();
  } catch (error) {
    const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
    const [place = ''] = stack.match(/^ *at .*$/m) ?? [];
    io.err(
      `A fault of portcullis itself ended this. Please report it: ${printable(`${name}${place}`)}\n`,
    );
    return 2;
  }
}
