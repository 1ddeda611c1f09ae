import { randomBytes } from 'node:crypto';
import { isLoopback } from '@portcullis/core';
import type { EnvironmentReader } from '../environment.js';
import { ADMIN_USER } from '../owner.js';

/** The embedded issuer: who can sign in, and with what. */
export interface LocalConfig {
  readonly name: 'local';
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
  /** For how long a repeated refresh gets the same answer again, in seconds; 0: every second use counts as theft. */
  readonly refreshGraceSeconds: number;
  /** How many reverse proxies append to `X-Forwarded-For`, so that requests are counted by where they come from. Default: not known. */
  readonly trustedProxies?: number;
  /** Whether clients may bind their tokens to a key of their own (DPoP), and whether proofs then need a nonce of ours. */
  readonly dpop: DpopMode;
  /** JSON file with further clients of the operator. Default: none. */
  readonly clientsFile?: string;
  /** PostgreSQL for clients, grants and keys. Default: a file in the data folder. */
  readonly databaseUrl?: string;
  /** Keys that encrypt what is kept; the first one seals, all of them open. Default: none. */
  readonly storeKeys: readonly string[];
}

/** The words of `DPOP`. */
const dpopModes = ['off', 'on', 'nonce'] as const;

/** One of the words of `DPOP`. */
export type DpopMode = (typeof dpopModes)[number];

/** Shorter passwords are guessed. In characters. */
const MIN_PASSWORD = 8;

/** What a program sends has no excuse to be short: 128 bits in base64url. In characters. */
const MIN_CLIENT_SECRET = 22;

const GRACE_REMEDY = 'Leave it out for 10, or write 0 for none.';
const PROXIES_REMEDY = 'Count those that append to X-Forwarded-For; 0 if there are none.';

/** The password of the audit viewer, and of the account `admin` where people sign in here. */
export function readAdminPassword(reader: EnvironmentReader): string | undefined {
  return reader.secret('ADMIN_PASSWORD', MIN_PASSWORD);
}

/** Reads the variables of the embedded issuer. */
export function readLocal(reader: EnvironmentReader, publicUrl: string): LocalConfig {
  const demoUser = reader.text('DEMO_USER') ?? 'ada';
  if (!/^[\w.@+-]{1,64}$/.test(demoUser) || demoUser === ADMIN_USER) {
    reader.report(
      'DEMO_USER',
      'must be 1 to 64 letters, digits or . @ + - _, and not "admin".',
      'Leave it out for "ada".',
    );
  }
  const demoPassword = reader.secret('DEMO_PASSWORD', MIN_PASSWORD);
  const adminPassword = readAdminPassword(reader);
  const machineSecret = reader.secret('MACHINE_CLIENT_SECRET', MIN_CLIENT_SECRET);
  if (machineSecret && /[^\p{Cc}!-~]/u.test(machineSecret)) {
    const problem = 'must be of visible ASCII characters.';
    reader.report('MACHINE_CLIENT_SECRET', problem, 'Make one: openssl rand -base64 32.');
  }
  const clientsFile = reader.text('CLIENTS_FILE');
  const databaseUrl = reader.text('DATABASE_URL');
  if (databaseUrl !== undefined && !isPostgresUrl(databaseUrl)) {
    // Never repeated: a password may stand in it.
    const remedy =
      'Write it like "postgresql://user:password@host:5432/name", with special characters percent-encoded.';
    reader.report('DATABASE_URL', 'is no address of a PostgreSQL database.', remedy);
  }
  const trustedProxies = reader.wholeNumber('TRUSTED_PROXIES', [0, 9], PROXIES_REMEDY);
  const storeKeys = (reader.text('STORE_KEYS') ?? '').split(/[\s,]+/).filter((key) => key !== '');
  const onLoopback = URL.canParse(publicUrl) && isLoopback(new URL(publicUrl));
  return {
    name: 'local',
    demoUser,
    demoPassword: demoPassword ?? random(9),
    ...(adminPassword ? { adminPassword } : {}),
    machineSecret: machineSecret ?? random(24),
    made: { demoPassword: !demoPassword, machineSecret: !machineSecret },
    dynamicRegistration: reader.flag('DYNAMIC_REGISTRATION', onLoopback),
    refreshGraceSeconds: reader.wholeNumber('REFRESH_GRACE_SECONDS', [0, 30], GRACE_REMEDY) ?? 10,
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    dpop: reader.choice('DPOP', dpopModes, 'off'),
    ...(clientsFile ? { clientsFile } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
    storeKeys,
  };
}

const isPostgresUrl = (text: string): boolean =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);

/** A secret of this many random bytes, easy to copy. */
function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
