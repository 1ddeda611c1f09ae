import { parseArgs } from 'node:util';
import {
  type Choice,
  type Host,
  hosts,
  type PackageManager,
  type Provider,
  packageManagers,
  providers,
} from './choice.js';

/** What the command line says. */
export interface Given extends Partial<Omit<Choice, 'git'>> {
  readonly git: boolean;
  /** Ask nothing. */
  readonly yes: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** The command line is wrong. The message says what, and what can be written instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @param words - What follows the program's name.
 * @param env - Npm says here which options it kept for itself.
 * @throws {UsageError}
 */
export function readOptions(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const kept = ['provider', 'host', 'package_manager'].find((name) => env[`npm_config_${name}`]);
  if (kept !== undefined) {
    throw new UsageError(
      `Npm kept --${kept.replace('_', '-')} for itself. Write two dashes before the options: npm create portcullis@latest my-server -- --host hono.`,
    );
  }
  // Some package managers hand on the two dashes that npm wants.
  const { values, positionals } = parsed(words.filter((word) => word !== '--'));
  const [directory, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(
      `There can be one folder only; got ${positionals.map((each) => JSON.stringify(each)).join(' and ')}.`,
    );
  }
  const provider = oneOf<Provider>('--provider', values.provider, providers);
  const host = oneOf<Host>('--host', values.host, hosts);
  const manager = oneOf<PackageManager>(
    '--package-manager',
    values['package-manager'],
    packageManagers,
  );
  return {
    ...(directory === undefined ? {} : { directory }),
    ...(provider ? { provider } : {}),
    ...(host ? { host } : {}),
    ...(manager ? { packageManager: manager } : {}),
    git: values.git,
    yes: values.yes,
    help: values.help,
    version: values.version,
  };
}

function parsed(words: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      allowNegative: true,
      options: {
        provider: { type: 'string' },
        host: { type: 'string' },
        'package-manager': { type: 'string' },
        git: { type: 'boolean', default: true },
        yes: { ...flag, short: 'y' },
        help: { ...flag, short: 'h' },
        version: flag,
      },
    });
  } catch (error) {
    const [first = ''] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${first}.`);
  }
}

function oneOf<Word extends string>(
  option: string,
  value: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found) return found;
  throw new UsageError(
    `${option} must be one of ${words.join(', ')}; got ${JSON.stringify(value)}.`,
  );
}
