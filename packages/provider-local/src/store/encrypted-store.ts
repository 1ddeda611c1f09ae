import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from './local-store.js';
import { recordName } from './record-id.js';
import { decodePayload, encodePayload } from './record-payload.js';
import { createSealing, type Opened } from './sealing.js';

/** Settings of {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /** 32 random bytes each, as base64 or base64url. The first one seals, all of them open. */
  readonly keys: readonly string[];
}

type Payload = StoredRecord['payload'];

/** A payload that was opened, and what was sealed with it. */
interface Content {
  /** As {@link encodePayload} wrote it. */
  readonly text: string;
  readonly alias: string;
  /** Whether the first key sealed it. */
  readonly current: boolean;
}

/** Why a payload cannot be opened. */
interface Unreadable {
  readonly problem: string;
}

/**
 * A store whose payloads are encrypted (AES-256-GCM) before they reach the database, whichever {@link LocalStore} that is.
 *
 * A record that was sealed with an older key is sealed again with the first one as it is read. To change keys without downtime,
 * bring each step to all processes before the next: put the new key last, then first, then, 30 days later, take the old one away.
 * What nobody read in that time, such as a client that was not used, is then lost.
 *
 * A payload opens only in its own record. Does NOT hide kinds, times or sizes, and does NOT stop somebody who may write to the database
 * from removing a record, bringing an older state of it back or changing when it expires or was used.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` for keys that are none, and for a store that was sealed with other keys.
 * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when the store cannot be asked; later also for a record that cannot be
 *   opened: sealed with an unknown key, moved, changed, or written without encryption.
 */
export async function encryptedStore(
  store: LocalStore,
  options: EncryptedStoreOptions,
): Promise<LocalStore> {
  const sealing = createSealing('encryptedStore.keys', options.keys);

  const seal = (kind: string, id: string, payload: Payload, alias: string): Payload => {
    const name = recordName('id', kind, id);
    const content = `${alias}\n${encodePayload(id, payload)}`;
    return { [SEALED]: `${name}.${sealing.seal(content, name)}` };
  };

  /** @param name - Of the record that was asked for; without one, the name that was sealed with it counts. */
  const open = (payload: Payload, name?: string): Content | Unreadable => {
    const sealed = payload[SEALED];
    if (typeof sealed !== 'string') return { problem: 'was written without encryption' };
    const dot = sealed.indexOf('.');
    const opened = sealing.open(sealed.slice(dot + 1), name ?? sealed.slice(0, dot));
    if (opened.kind !== 'text') return { problem: problems[opened.kind] };
    const end = opened.text.indexOf('\n');
    const [alias, text] = [opened.text.slice(0, end), opened.text.slice(end + 1)];
    return { text, alias, current: opened.current };
  };

  const openAliased = (record: StoredRecord, alias: string): StoredRecord => {
    const content = readable(open(record.payload));
    if (content.alias !== alias) readable({ problem: problems.damaged });
    return { ...record, payload: decodePayload(content.text) };
  };

  /** Puts a payload in the place of a sealed one, unless somebody else did or took the record away. */
  const exchange = (kind: string, id: string, found: Payload, payload: Payload, alias: string) =>
    store.replace(kind, id, found, seal(kind, id, payload, alias));

  const encrypted: LocalStore = {
    async read(kind, id) {
      const record = await store.read(kind, id);
      if (!record) return undefined;
      const { text, alias, current } = readable(open(record.payload, recordName('id', kind, id)));
      const payload = decodePayload(text, id);
      // Whether it works or not: the record is readable as it is.
      if (!current) await exchange(kind, id, record.payload, payload, alias).catch(() => false);
      return { ...record, payload };
    },
    async readByAlias(kind, alias) {
      const record = await store.readByAlias(kind, alias);
      return record && openAliased(record, recordName('alias', kind, alias));
    },
    async listByAlias(kind, alias, limit) {
      const name = recordName('alias', kind, alias);
      return (await store.listByAlias(kind, alias, limit)).map((record) =>
        openAliased(record, name),
      );
    },
    async write(kind, id, payload, recordOptions = {}) {
      const { alias } = recordOptions;
      const name = alias === undefined ? '' : recordName('alias', kind, alias);
      await store.write(kind, id, seal(kind, id, payload, name), recordOptions);
    },
    consume: (kind, id, now) => store.consume(kind, id, now),
    insertIfAbsent: (kind, id, expiresAt, payload = {}) =>
      store.insertIfAbsent(kind, id, expiresAt, seal(kind, id, payload, '')),
    async replace(kind, id, expected, payload) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const record = await store.read(kind, id);
        if (!record) return false;
        const { text, alias } = readable(open(record.payload, recordName('id', kind, id)));
        if (text !== encodePayload(id, expected)) return false;
        // Where it fails, the payload was changed, or the same one was sealed again: look once more.
        if (await exchange(kind, id, record.payload, payload, alias)) return true;
      }
      throw new ProviderUnavailableError('A stored record changes all the time.');
    },
    remove: (kind, id) => store.remove(kind, id),
    removeGrant: (grantId) => store.removeGrant(grantId),
    sweep: (now, limit) => store.sweep(now, limit),
    close: () => store.close(),
  };

  try {
    await encrypted.insertIfAbsent(...FIRST_RECORD, NEVER);
    for (const [kind, id] of [FIRST_RECORD, SIGNING_KEYS]) {
      const record = await store.read(kind, id);
      const content = record && open(record.payload, recordName('id', kind, id));
      if (content && 'problem' in content) throw wrongKeys(content);
      if (content && !content.current) await encrypted.read(kind, id);
    }
    return encrypted;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Written at the first start: tells at every other one whether the keys are those of this store. */
const FIRST_RECORD = ['Key', 'encryption'] as const;
/** Tells of a store that was used without encryption before. */
const SIGNING_KEYS = ['Key', 'signing'] as const;

/** It never expires, but a store wants to hear a time from who inserts: the year 3000. */
const NEVER = 32_503_680_000;

/** How often a record is looked at again that was sealed anew meanwhile. */
const TRIES = 10;

const SEALED = 'portcullis:sealed';

const problems: Readonly<Record<Exclude<Opened['kind'], 'text'>, string>> = {
  unknown_key: 'was sealed with a key that "encryptedStore.keys" does not hold',
  damaged: 'was changed, or moved from another record',
};

function readable(content: Content | Unreadable): Content {
  if (!('problem' in content)) return content;
  throw new ProviderUnavailableError(`A stored record cannot be opened: it ${content.problem}.`);
}

function wrongKeys({ problem }: Unreadable): ConfigurationError {
  return new ConfigurationError([
    {
      option: 'encryptedStore.keys',
      problem: `do not fit the store: what it holds ${problem}.`,
      remedy:
        'Name the keys that it was sealed with, the newest first, or begin with an empty store.',
    },
  ]);
}
