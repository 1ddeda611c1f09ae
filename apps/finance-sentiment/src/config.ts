import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  ConfigurationError,
  type ConfigurationProblem,
  identifierProblems,
  isLoopback,
} from '@portcullis/core';
import { alphaVantageProblems } from './news/alpha-vantage/problems.js';
import { ADMIN_USER } from './owner.js';

/** How the app runs. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The public origin: the issuer's identifier, and where the MCP server lies under `/mcp`. No slash at the end. */
  readonly publicUrl: string;
  readonly demoUser: string;
  readonly demoPassword: string;
  /** The account `admin`, which may read the audit trail, exists only with a password. */
  readonly adminPassword?: string;
  /** Secret of the machine client `nightly-report`. */
  readonly machineSecret: string;
  /** Which of these secrets were made for this run, and so have to be shown once. */
  readonly made: { readonly demoPassword: boolean; readonly machineSecret: boolean };
  /** Whether clients may register themselves (RFC 7591). Default: on loopback only. */
  readonly dynamicRegistration: boolean;
  /** Folder of the SQLite files. */
  readonly dataDir: string;
  /** Moves the embedded headlines so that they end today. */
  readonly shiftDates: boolean;
  readonly alphaVantage?: { readonly apiKey: string; readonly baseUrl?: string };
  /** File that takes the audit trail, one event a line. Default: none. */
  readonly auditLog?: string;
}

/** Shorter passwords are guessed. In characters. */
const MIN_PASSWORD = 8;

/** Addresses of this computer, as they stand in a URL. Each is a host of its own to clients. */
const loopbackHosts: ReadonlyMap<string, string> = new Map([
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', 'localhost'],
  ['::1', '[::1]'],
]);

/** What a program sends has no excuse to be short: 128 bits in base64url. In characters. */
const MIN_CLIENT_SECRET = 22;

/**
 * Reads the environment. An empty variable counts as unset. Does NOT touch the file system or the network.
 *
 * @throws {ConfigurationError} naming every variable that is wrong, and what to write instead.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: ConfigurationProblem[] = [];
  const get = (name: string) => env[name]?.trim() || undefined;
  const report = (option: string, problem: string, remedy: string) => {
    problems.push({ option, problem, remedy });
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = get(name);
    if (value === 'true' || value === 'false') return value === 'true';
    if (value !== undefined) {
      report(name, `must be true or false; got "${value}".`, `Leave it out for ${fallback}.`);
    }
    return fallback;
  };
  // Spaces may be part of a password, so it is not trimmed; its value is never repeated in a message.
  const password = (name: string, atLeast = MIN_PASSWORD): string | undefined => {
    const value = env[name];
    if (value === undefined || value === '') return undefined;
    if (value.length < atLeast) {
      report(name, 'is too short.', `Use at least ${atLeast} characters.`);
    }
    return value;
  };

  const portText = get('PORT') ?? '3000';
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535) {
    report('PORT', `must be a port from 1 to 65535; got "${portText}".`, 'Leave it out for 3000.');
  }

  const host = get('HOST') ?? '127.0.0.1';
  const givenUrl = get('PUBLIC_URL');
  const loopback = loopbackHosts.get(host);
  const publicUrl = givenUrl ?? `http://${loopback ?? '127.0.0.1'}:${port}`;
  if (givenUrl !== undefined) problems.push(...originProblems(givenUrl));
  else if (loopback === undefined) {
    report(
      'PUBLIC_URL',
      `is needed when HOST is "${host}".`,
      'Set it to the address that clients use, such as "https://finance.example.com".',
    );
  }

  const demoUser = get('DEMO_USER') ?? 'ada';
  if (!/^[\w.@+-]{1,64}$/.test(demoUser) || demoUser === ADMIN_USER) {
    report(
      'DEMO_USER',
      'must be 1 to 64 letters, digits or . @ + - _, and not "admin".',
      'Leave it out for "ada".',
    );
  }
  const demoPassword = password('DEMO_PASSWORD');
  const adminPassword = password('ADMIN_PASSWORD');
  const machineSecret = password('MACHINE_CLIENT_SECRET', MIN_CLIENT_SECRET);

  const apiKey = get('ALPHA_VANTAGE_API_KEY');
  const baseUrl = get('ALPHA_VANTAGE_BASE_URL');
  problems.push(...alphaVantageProblems(apiKey, baseUrl));

  const auditLog = get('AUDIT_LOG');
  const dynamicRegistration = flag(
    'DYNAMIC_REGISTRATION',
    URL.canParse(publicUrl) && isLoopback(new URL(publicUrl)),
  );
  const shiftDates = flag('DEMO_SHIFT_DATES', false);
  if (problems.length > 0) throw new ConfigurationError(problems);

  return {
    host,
    port,
    publicUrl,
    demoUser,
    demoPassword: demoPassword ?? secret(9),
    ...(adminPassword ? { adminPassword } : {}),
    machineSecret: machineSecret ?? secret(24),
    made: { demoPassword: !demoPassword, machineSecret: !machineSecret },
    dynamicRegistration,
    dataDir: get('DATA_DIR') ?? fileURLToPath(new URL('../data', import.meta.url)),
    shiftDates,
    ...(apiKey ? { alphaVantage: { apiKey, ...(baseUrl ? { baseUrl } : {}) } } : {}),
    ...(auditLog ? { auditLog } : {}),
  };
}

/** A secret of this many random bytes, easy to copy. */
function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Clients of 2025-03-26 look for the issuer at the bare origin, so no path may follow. */
function originProblems(value: string): readonly ConfigurationProblem[] {
  const problems = identifierProblems('PUBLIC_URL', value);
  if (problems.length > 0) {
    const remedy = 'Write the origin alone, such as "https://finance.example.com".';
    return problems.map((found) => ({ ...found, remedy }));
  }
  const { origin } = new URL(value);
  if (origin === value) return [];
  const problem = 'must be an origin without a path.';
  return [{ option: 'PUBLIC_URL', problem, remedy: `Write "${origin}".` }];
}
