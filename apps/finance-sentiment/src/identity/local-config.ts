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
  const clientsFile = reader.text('CLIENTS_FILE');
  const databaseUrl = reader.text('DATABASE_URL');
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    // Never repeated: a password may stand in it.
    const remedy = 'Write it like "postgresql://user:password@host:5432/name".';
    reader.report('DATABASE_URL', 'is no address of a PostgreSQL database.', remedy);
  }
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
    refreshGraceSeconds: readGrace(reader),
    dpop: reader.choice('DPOP', dpopModes, 'off'),
    ...(clientsFile ? { clientsFile } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
    storeKeys,
  };
}

/** The issuer takes 0 to 30. */
function readGrace(reader: EnvironmentReader): number {
  const text = reader.text('REFRESH_GRACE_SECONDS') ?? '10';
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= 30) return seconds;
  const problem = `must be a whole number from 0 to 30; got "${text}".`;
  reader.report('REFRESH_GRACE_SECONDS', problem, 'Leave it out for 10, or write 0 for none.');
  return 10;
}

/** A secret of this many random bytes, easy to copy. */
function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
