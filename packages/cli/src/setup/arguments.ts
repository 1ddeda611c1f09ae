import { identifierProblems } from '@portcullis/core';
import type { Problem } from '../problem.js';
import { readOptions } from '../read-options.js';

/** The command line of `portcullis setup`, checked. */
export interface SetupArguments {
  readonly vendor: VendorId;
  readonly mode: 'plan' | 'apply' | 'check' | 'terraform' | 'instructions';
  /** Where Terraform or instructions go. Absent: standard output. */
  readonly file?: string;
  readonly resource: string;
  /** The module with the vocabulary, and the name of its export. */
  readonly scopes: string;
  readonly export: string;
  readonly name: string;
  /** How MCP clients that nobody listed may introduce themselves. */
  readonly registration: { readonly dynamic: boolean; readonly documents: boolean };
  /** Auth0: host of the tenant, or a whole loopback URL. */
  readonly domain?: string;
  /** Auth0: the connection that people sign in with. */
  readonly connection?: string;
  /** Auth0: a client that acts for itself. */
  readonly machine?: { readonly name: string; readonly scopes: readonly string[] };
  /** Scalekit: seconds. */
  readonly tokenLifetime: number;
}

/** The vendors that set-up knows. */
export type VendorId = 'auth0' | 'scalekit';

const common = {
  resource: 'string',
  scopes: 'string',
  export: 'string',
  name: 'string',
  registration: 'string',
  apply: 'boolean',
  check: 'boolean',
  terraform: 'boolean',
  instructions: 'boolean',
} as const;
const own = {
  auth0: {
    domain: 'string',
    connection: 'string',
    machine: 'string',
    'machine-scopes': 'string',
  },
  scalekit: { 'token-lifetime': 'string' },
} as const;

const registrations = {
  dcr: { dynamic: true, documents: false },
  cimd: { dynamic: false, documents: true },
  both: { dynamic: true, documents: true },
  none: { dynamic: false, documents: false },
} as const;

/**
 * Reads what follows `portcullis setup auth0`.
 *
 * @returns The problems, all at once. No problem repeats a value of an option it does not know: it
 *   could be a secret.
 */
export function readArguments(
  vendor: VendorId,
  words: readonly string[],
): SetupArguments | readonly Problem[] {
  const {
    values,
    words: positionals,
    problems: misread,
  } = readOptions(words, {
    command: `setup ${vendor}`,
    help: 'portcullis setup --help',
    options: { ...common, ...own[vendor] },
    secrets:
      'Credentials come from environment variables alone: a command line ends up in the history.',
  });
  const problems = [...misread];

  const modes = (['apply', 'check', 'terraform', 'instructions'] as const).filter((mode) =>
    values.has(mode),
  );
  if (modes.length > 1) {
    problems.push({
      option: modes.map((mode) => `--${mode}`).join(' and '),
      ...{ problem: 'exclude each other.', remedy: 'Choose one.' },
    });
  }
  const writes = values.has('terraform') || values.has('instructions');
  // Not repeated either: the word after a misspelt --client-secret lands here.
  if (positionals.length > (writes ? 1 : 0) && problems.length === 0) {
    problems.push({
      ...{ option: 'The command line', problem: 'has a word that belongs to no option.' },
      remedy: 'Every value follows its option; only --terraform and --instructions take a file.',
    });
  }
  const [file] = positionals;
  const registration = values.get('registration') ?? (vendor === 'auth0' ? 'dcr' : 'both');
  const found = registrations[registration as keyof typeof registrations];
  if (!found || !Object.hasOwn(registrations, registration)) {
    problems.push({
      ...{ option: '--registration', problem: 'is none of dcr, cimd, both and none.' },
      remedy: 'dcr lets clients register themselves, cimd takes the URL of their own document.',
    });
  }
  const lifetime = values.get('token-lifetime') ?? '3600';
  const tokenLifetime = /^\d{1,6}$/.test(lifetime) ? Number(lifetime) : 0;
  if (tokenLifetime < 300 || tokenLifetime > 3600) {
    problems.push({
      ...{ option: '--token-lifetime', problem: 'is not a number of seconds from 300 to 3600.' },
      remedy: 'A token that outlives an hour cannot be taken back.',
    });
  }
  const { resource, scopes, connection, domain } = Object.fromEntries(values);
  const isNamed = (wrong: string) => problems.some(({ option }) => option === wrong);
  if (resource === undefined && !isNamed('--resource')) {
    problems.push({
      ...{ option: '--resource', problem: 'is missing.' },
      remedy: 'Pass the public URL of the MCP server, such as https://finance.example.com/mcp.',
    });
  } else if (resource !== undefined) problems.push(...identifierProblems('--resource', resource));
  if (scopes === undefined && !isNamed('--scopes')) {
    problems.push({
      ...{ option: '--scopes', problem: 'is missing.' },
      remedy: 'Pass the module of your app that exports the vocabulary, such as ./dist/scopes.js.',
    });
  }
  const machine = readMachine(values);
  if (machine && 'problem' in machine) problems.push(machine);
  if (problems.length > 0 || resource === undefined || scopes === undefined) return problems;
  return {
    ...{ vendor, mode: modes[0] ?? 'plan', resource, scopes, registration: found, tokenLifetime },
    export: values.get('export') ?? 'scopes',
    name: values.get('name') ?? resource.replace(/^https?:\/\//, ''),
    ...(file === undefined ? {} : { file }),
    ...(domain === undefined ? {} : { domain }),
    ...(connection === undefined ? {} : { connection }),
    ...(machine === undefined || 'problem' in machine ? {} : { machine }),
  };
}

function readMachine(
  values: ReadonlyMap<string, string>,
): Problem | SetupArguments['machine'] | undefined {
  const name = values.get('machine');
  const scopes = values
    .get('machine-scopes')
    ?.split(/[\s,]+/)
    .filter((scope) => scope !== '');
  if (name === undefined && scopes === undefined) return undefined;
  if (name === undefined || scopes === undefined || scopes.length === 0) {
    return {
      ...{ option: '--machine and --machine-scopes', problem: 'belong together.' },
      remedy: 'Pass the name of the client and what it may do: scopes with commas between them.',
    };
  }
  return { name, scopes };
}
