import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from './local-store.js';
import { recordName } from './record-id.js';
import { decodePayload, encodePayload } from './record-payload.js';

/** Settings of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Seconds since the epoch, for the expiry of records. Default: the clock of this machine. */
  readonly now?: () => number;
}

interface Entry {
  readonly payload: string;
  readonly expiresAt: number;
  readonly grant: string | undefined;
  readonly alias: string | undefined;
  consumedAt: number | undefined;
}

/**
 * A store in the memory of this process, for tests and trials: gone when the process ends, and no other process sees it.
 *
 * Each step runs to its end before another one starts, which makes the atomic ones atomic. Never evicts: expired records stay until
 * {@link LocalStore.sweep} removes them.
 */
export function memoryStore(options: MemoryStoreOptions = {}): LocalStore {
  const { now = () => Date.now() / 1000 } = options;
  const entries = new Map<string, Entry>();
  const byAlias = new Map<string, Set<string>>();
  const byGrant = new Map<string, Set<string>>();
  let closed = false;

  function open(): void {
    if (closed) throw new ProviderUnavailableError('The memory store is closed.');
  }

  function live(name: string, at: number): Entry | undefined {
    const entry = entries.get(name);
    return entry && entry.expiresAt > at ? entry : undefined;
  }

  function drop(name: string): void {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    unlink(byAlias, entry.alias, name);
    unlink(byGrant, entry.grant, name);
  }

  function put(name: string, entry: Entry): void {
    drop(name);
    entries.set(name, entry);
    link(byAlias, entry.alias, name);
    link(byGrant, entry.grant, name);
  }

  function underAlias(kind: string, alias: string, limit: number): StoredRecord[] {
    open();
    const names = [...(byAlias.get(recordName('alias', kind, alias)) ?? [])].toReversed();
    const found = names.map((name) => live(name, now())).filter((entry) => entry !== undefined);
    return found.slice(0, limit).map((entry) => toRecord(entry));
  }

  return {
    async read(kind, id) {
      open();
      const entry = live(recordName('id', kind, id), now());
      return entry && toRecord(entry, id);
    },
    readByAlias: async (kind, alias) => underAlias(kind, alias, 1)[0],
    listByAlias: async (kind, alias, limit) => underAlias(kind, alias, limit),
    async write(kind, id, payload, { expiresAt, grantId, alias } = {}) {
      open();
      const name = recordName('id', kind, id);
      put(name, {
        payload: encodePayload(id, payload),
        expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
        grant: grantId === undefined ? undefined : recordName('grant', '', grantId),
        alias: alias === undefined ? undefined : recordName('alias', kind, alias),
        consumedAt: entries.get(name)?.consumedAt,
      });
    },
    async consume(kind, id, at) {
      open();
      const entry = live(recordName('id', kind, id), at);
      if (!entry || entry.consumedAt !== undefined) return false;
      entry.consumedAt = at;
      return true;
    },
    async insertIfAbsent(kind, id, expiresAt, payload = {}) {
      open();
      const name = recordName('id', kind, id);
      if (live(name, now())) return false;
      put(name, {
        payload: encodePayload(id, payload),
        expiresAt,
        grant: undefined,
        alias: undefined,
        consumedAt: undefined,
      });
      return true;
    },
    async replace(kind, id, expected, payload) {
      open();
      const name = recordName('id', kind, id);
      const entry = live(name, now());
      if (entry?.payload !== encodePayload(id, expected)) return false;
      entries.set(name, { ...entry, payload: encodePayload(id, payload) });
      return true;
    },
    async remove(kind, id) {
      open();
      drop(recordName('id', kind, id));
    },
    async removeGrant(grantId) {
      open();
      for (const name of [...(byGrant.get(recordName('grant', '', grantId)) ?? [])]) drop(name);
    },
    async sweep(at, limit) {
      open();
      let removed = 0;
      for (const [name, { expiresAt }] of entries) {
        if (removed >= limit) break;
        if (expiresAt > at) continue;
        drop(name);
        removed += 1;
      }
      return removed;
    },
    async close() {
      closed = true;
      entries.clear();
      byAlias.clear();
      byGrant.clear();
    },
  };
}

function toRecord({ payload, consumedAt }: Entry, id?: string): StoredRecord {
  const decoded = decodePayload(payload, id);
  return consumedAt === undefined ? { payload: decoded } : { payload: decoded, consumedAt };
}

function link(index: Map<string, Set<string>>, key: string | undefined, name: string): void {
  if (key === undefined) return;
  const names = index.get(key);
  if (names) names.add(name);
  else index.set(key, new Set([name]));
}

function unlink(index: Map<string, Set<string>>, key: string | undefined, name: string): void {
  if (key === undefined) return;
  const names = index.get(key);
  names?.delete(name);
  if (names?.size === 0) index.delete(key);
}
