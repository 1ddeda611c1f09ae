import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore } from '../store/local-store.js';
import type { RegisteredClient } from './registered-client.js';

/** The clients that the operator keeps in the store. */
export type StoredClients = readonly RegisteredClient[];

const RECORD = ['OperatorClients', 'all'] as const;
/** They never expire, but a store wants to hear a time from who inserts: the year 3000. */
const NEVER = 32_503_680_000;
/** How often a change is tried again when others change the clients at the same time. */
const TRIES = 100;

/** @throws {ProviderUnavailableError} when the store cannot be asked. */
export async function readStoredClients(store: LocalStore): Promise<StoredClients> {
  const record = await asked(store.read(...RECORD));
  return record ? clientsOf(record.payload) : [];
}

/**
 * Changes the whole set in one atomic step.
 *
 * @returns The set as it is now.
 * @throws {ProviderUnavailableError} when the store cannot be asked.
 */
export async function changeStoredClients(
  store: LocalStore,
  edit: (clients: StoredClients) => StoredClients,
): Promise<StoredClients> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const record = await asked(store.read(...RECORD));
    const before = record ? clientsOf(record.payload) : [];
    const clients = edit(before);
    if (clients === before) return before;
    const changed = record
      ? store.replace(...RECORD, record.payload, { clients })
      : store.insertIfAbsent(...RECORD, NEVER, { clients });
    if (await asked(changed)) return clients;
  }
  throw new ProviderUnavailableError('Other processes keep changing the clients; try again.');
}

function clientsOf({ clients }: Readonly<Record<string, unknown>>): StoredClients {
  const isClient = (client: Partial<RegisteredClient> | null) =>
    typeof client?.clientId === 'string';
  if (Array.isArray(clients) && clients.every(isClient)) return clients;
  throw new ProviderUnavailableError('The clients in the store have an unknown form.');
}

/** A store that cannot be asked is an outage, whatever it throws. */
async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    throw new ProviderUnavailableError('The store cannot be asked for the clients.', { cause });
  }
}
