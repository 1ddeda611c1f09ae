import { join } from 'node:path';
import { ProviderUnavailableError } from '@portcullis/core';
import {
  encryptedStore,
  type LocalStore,
  memoryStore,
  sqliteStore,
} from '@portcullis/provider-local';
import { underName } from '../under-name.js';
import type { LocalConfig } from './local-config.js';

/**
 * Where the embedded issuer keeps clients, grants and keys: in PostgreSQL with `DATABASE_URL`, so that several servers can share them,
 * otherwise in a file. With `STORE_KEYS`, encrypted.
 *
 * @throws {ConfigurationError} when the file cannot be opened, or a variable is wrong.
 * @throws {ProviderUnavailableError} when the database cannot be reached.
 */
export async function openIssuerStore(config: LocalConfig, dataDir: string): Promise<LocalStore> {
  const { databaseUrl } = config;
  const store = databaseUrl === undefined ? inFile(dataDir) : await inPostgres(databaseUrl);
  try {
    return await sealed(store, config);
  } catch (error) {
    await store.close?.();
    throw error;
  }
}

/** Seals nothing with `STORE_KEYS`, to see whether they are keys. @throws {ConfigurationError} when one is none. */
export async function tryKeys(config: LocalConfig): Promise<void> {
  await sealed(memoryStore(), config);
}

async function sealed(store: LocalStore, { storeKeys: keys }: LocalConfig): Promise<LocalStore> {
  return keys.length === 0
    ? store
    : await underName('STORE_KEYS', () => encryptedStore(store, { keys }));
}

function inFile(dataDir: string): LocalStore {
  return underName(
    'DATA_DIR',
    () => sqliteStore({ path: join(dataDir, 'issuer.sqlite') }),
    'Stop the program that holds the file or move it away, or set DATA_DIR to another folder.',
  );
}

/** Loaded only where it is used: who needs no database need not install its client. */
async function inPostgres(connectionString: string): Promise<LocalStore> {
  const { postgresStore } = await import('@portcullis/provider-local/postgres');
  try {
    return await underName('DATABASE_URL', () => postgresStore({ connectionString }));
  } catch (error) {
    if (!(error instanceof ProviderUnavailableError)) throw error;
    const message = `${error.message} Start the database, or correct DATABASE_URL.`;
    throw new ProviderUnavailableError(message, { cause: error });
  }
}
