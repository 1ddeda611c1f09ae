import { readFile } from 'node:fs/promises';
import { auditHelp, doctorHelp, setupHelp, topHelp } from './help.js';
import type { ExitCode, Io } from './io.js';
import { printable } from './printable.js';
import { setup } from './setup/setup.js';

/** What there is to do. Each is loaded when it is asked for: a vendor's SDK is large. */
interface Command {
  readonly help: string;
  run(words: readonly string[], io: Io): Promise<ExitCode>;
}

const commands: Readonly<Record<string, Command>> = {
  doctor: {
    help: doctorHelp,
    run: async (words, io) => (await import('./doctor/doctor.js')).doctor(words, io),
  },
  audit: {
    help: auditHelp,
    run: async ([what, ...rest], io) => {
      if (what === 'verify') return (await import('./audit/audit-verify.js')).auditVerify(rest, io);
      io.err('Audit what? Write portcullis audit verify <file>.\n');
      return 2;
    },
  },
  setup: {
    help: setupHelp,
    run: async ([vendor, ...rest], io) => {
      if (vendor === 'auth0') {
        const { auth0 } = await import('./setup/auth0/auth0.js');
        return setup(auth0, rest, { id: vendor, io });
      }
      if (vendor === 'scalekit') {
        const { scalekit } = await import('./setup/scalekit/scalekit.js');
        return setup(scalekit, rest, { id: vendor, io });
      }
      io.err('Set up what? Write portcullis setup auth0 or portcullis setup scalekit.\n');
      return 2;
    },
  },
};

/**
 * Runs the command line `portcullis …`.
 *
 * @param words - What follows the program's name.
 * @returns 0: as wished. 1: something is not as it should be: `doctor` found a failure, `audit verify` a broken line,
 *   `setup --check` a difference. 2: not asked, or not done in full; standard error says why.
 */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const [name = '', ...rest] = words;
  const asksForHelp = words.includes('--help') || words.includes('-h');
  if (name === '--version') {
    io.out(`${await version()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (asksForHelp || words.length === 0) {
    io.out(command?.help ?? topHelp);
    return asksForHelp ? 0 : 2;
  }
  if (!command) {
    io.err('There is no such command. See portcullis --help.\n');
    return 2;
  }
  return guarded(io, () => command.run(rest, io));
}

/** Of this package, whose manifest lies one folder above source and build alike. */
async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
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
