import { fileURLToPath } from 'node:url';
import { type ConfigurationProblem, identifierProblems } from '@portcullis/core';
import { type EnvironmentReader, readEnvironment } from './environment.js';
import { type IdentityConfig, readIdentity } from './identity/identity-config.js';
import { readAdminPassword } from './identity/local-config.js';
import { identityProblems } from './identity/open-identity.js';
import { alphaVantageProblems } from './news/alpha-vantage/problems.js';
import { type EngineConfig, readEngine } from './sentiment/engine-config.js';

/** How the app runs. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The public origin, where the MCP server lies under `/mcp`. No slash at the end. */
  readonly publicUrl: string;
  /** Who signs people in. */
  readonly identity: IdentityConfig;
  /** Folder of the SQLite files. */
  readonly dataDir: string;
  /** Moves the embedded headlines so that they end today. */
  readonly shiftDates: boolean;
  /** What scores texts. */
  readonly sentiment: EngineConfig;
  readonly alphaVantage?: { readonly apiKey: string; readonly baseUrl?: string };
  /** File that takes the audit trail, one event a line. Default: none. */
  readonly auditLog?: string;
  /** Opens the audit viewer. Default: there is none. */
  readonly adminPassword?: string;
}

/** Addresses of this computer, as they stand in a URL. Each is a host of its own to clients. */
const loopbackHosts: ReadonlyMap<string, string> = new Map([
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', 'localhost'],
  ['::1', '[::1]'],
]);

/**
 * Reads the environment, and the file that `CLIENTS_FILE` names. An empty variable counts as unset. Does NOT touch the network, nor the folders
 * and other files that it names.
 *
 * @throws {ConfigurationError} naming every variable that is wrong, and what to write instead.
 */
export async function readConfig(env: NodeJS.ProcessEnv): Promise<Config> {
  const reader = readEnvironment(env);

  const port = reader.wholeNumber('PORT', [1, 65_535], 'Leave it out for 3000.') ?? 3000;
  const host = reader.text('HOST') ?? '127.0.0.1';
  const publicUrl = readPublicUrl(reader, host, port);
  const identity = readIdentity(reader, publicUrl);
  reader.add(await identityProblems(identity, publicUrl));

  const apiKey = reader.text('ALPHA_VANTAGE_API_KEY');
  const baseUrl = reader.text('ALPHA_VANTAGE_BASE_URL');
  reader.add(alphaVantageProblems(apiKey, baseUrl));
  const sentiment = readEngine(reader);
  const shiftDates = reader.flag('DEMO_SHIFT_DATES', false);
  const auditLog = reader.text('AUDIT_LOG');
  // The embedded issuer has read it already, for the account of that name.
  const adminPassword =
    identity.name === 'local' ? identity.adminPassword : readAdminPassword(reader);
  reader.finish();

  return {
    host,
    port,
    publicUrl,
    identity,
    dataDir: reader.text('DATA_DIR') ?? fileURLToPath(new URL('../data', import.meta.url)),
    shiftDates,
    sentiment,
    ...(apiKey ? { alphaVantage: { apiKey, ...(baseUrl ? { baseUrl } : {}) } } : {}),
    ...(auditLog ? { auditLog } : {}),
    ...(adminPassword ? { adminPassword } : {}),
  };
}

/** @returns An origin in any case: a wrong one is reported here, and nowhere else. */
function readPublicUrl(reader: EnvironmentReader, host: string, port: number): string {
  const given = reader.text('PUBLIC_URL');
  const problems = given === undefined ? [] : originProblems(given);
  reader.add(problems);
  if (given !== undefined && problems.length === 0) return given;
  const loopback = loopbackHosts.get(host);
  if (given === undefined && loopback === undefined) {
    reader.report(
      'PUBLIC_URL',
      `is needed when HOST is "${host}".`,
      'Set it to the address that clients use, such as "https://finance.example.com".',
    );
  }
  return new URL(`http://${loopback ?? '127.0.0.1'}:${port}`).origin;
}

/** Clients of 2025-03-26 look for the issuer at the bare origin, so no path may follow. */
function originProblems(value: string): readonly ConfigurationProblem[] {
  const option = 'PUBLIC_URL';
  const origin = URL.canParse(value) ? new URL(value).origin : '';
  const isFit = identifierProblems(option, origin).length === 0;
  const remedy = isFit
    ? `Write "${origin}".`
    : 'Write the origin alone, such as "https://finance.example.com".';
  const found = identifierProblems(option, value);
  if (found.length === 0 && value !== origin) {
    return [{ option, problem: 'must be an origin without a path.', remedy }];
  }
  return found.map((each) => ({ ...each, remedy }));
}
