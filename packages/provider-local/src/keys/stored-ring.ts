import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from '../store/local-store.js';
import { pendingIn, type RingKey, type RingView, viewAt } from './key-ring.js';

/** Settings of {@link createStoredRing}. */
export interface StoredRingOptions<Material> {
  readonly store: LocalStore;
  /** The record that the keys are kept in. */
  readonly name: string;
  /** Makes the material of a new key, and its public name. */
  readonly make: () => Promise<Pick<RingKey<Material>, 'id' | 'material'>>;
  /** Whether the active key is still of the kind that is wanted. */
  readonly fits: (active: RingKey<Material>) => boolean;
  /** Seconds for which a new key is published before it signs. */
  readonly publishedSeconds: number;
  /** Seconds for which a key still verifies after it has stopped to sign. */
  readonly keptSeconds: number;
  /** Seconds for which a key signs. */
  readonly signsSeconds: number;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Told after this instance has added a key. */
  readonly added: (key: RingKey<Material>) => Promise<void>;
  /** Told when a key that still verified is gone, whichever instance took it away. */
  readonly withdrawn: () => void;
}

/** Keys that all instances on one store share. */
export interface StoredRing<Material> {
  /**
   * The keys of this moment, read from the store {@link CHECK_SECONDS} ago at most. The same object until something changes.
   *
   * @throws {ProviderUnavailableError} when they cannot be read: whether one was withdrawn is then not known.
   */
  current(): Promise<RingView<Material>>;
  /** Reads the store now, however young what is held is. */
  reload(): Promise<RingView<Material>>;
  /** Reads the store now, unless somebody asked for that within {@link CHECK_SECONDS}. */
  refresh(): Promise<RingView<Material>>;
  /** Publishes a new key, unless one is pending already. Returns the one that signs next. */
  rotate(): Promise<RingKey<Material>>;
  /** Takes a key away at once; where it was the active one, another one signs from now on. `false` where there is no such key. */
  withdraw(id: string): Promise<boolean>;
}

/** Seconds until a change by one instance has reached all others. */
export const CHECK_SECONDS = 5;
/** Seconds that the clocks of two instances may differ by. */
export const SKEW_SECONDS = 300;
/** Keys never expire as a record, but a store wants to hear a time from who inserts: the year 3000. */
const NEVER = 32_503_680_000;
/** How often a change is tried again when other instances change the keys at the same time. */
const TRIES = 10;

type Keys<Material> = readonly RingKey<Material>[];

/**
 * Keys in one record of the store. Each change is one atomic replacement of that record, so of several instances that rotate at
 * once one does, and the others find its key. Rotates by itself when a key has signed long enough or is of the wrong kind.
 */
export function createStoredRing<Material>(
  options: StoredRingOptions<Material>,
): StoredRing<Material> {
  const { store, name, make, fits, publishedSeconds, keptSeconds, signsSeconds, now } = options;
  let held:
    | { readonly text: string; readonly keys: Keys<Material>; readonly at: number }
    | undefined;
  let view: RingView<Material> | undefined;
  let reading: Promise<RingView<Material>> | undefined;
  let forced: { readonly at: number; readonly reading: Promise<unknown> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One look or change at a time: a slow look could bring back what a change has taken away meanwhile. */
  function inTurn<Value>(step: () => Promise<Value>): Promise<Value> {
    const running = last.then(step);
    last = running.catch(() => {});
    return running;
  }

  const heirIn = (found: RingView<Material>) =>
    pendingIn(found, now() + publishedSeconds + SKEW_SECONDS);
  const isRecent = (at: number) => Math.abs(now() - at) < CHECK_SECONDS;
  const isAhead = ({ signsFrom }: RingKey<Material>) => signsFrom > now() + SKEW_SECONDS;
  const lookAt = (keys: Keys<Material>) => viewAt(keys, now(), keptSeconds);

  function look(keys: Keys<Material>): RingView<Material> {
    if (!view || now() >= view.until) view = lookAt(keys);
    return view;
  }

  function adopt(keys: Keys<Material>, at: number): RingView<Material> {
    const before = held && lookAt(held.keys).live;
    const text = JSON.stringify(keys);
    if (held?.text !== text) view = undefined;
    held = { text, keys, at };
    const next = look(keys);
    if (before?.some(({ id }) => !next.live.some((key) => key.id === id))) options.withdrawn();
    return next;
  }

  async function read(): Promise<Keys<Material>> {
    const found = await asked(store.read('Key', name));
    if (found) return keysOf(found.payload, name);
    const keys = [{ ...(await make()), signsFrom: Math.floor(now()) }];
    if (await asked(store.insertIfAbsent('Key', name, NEVER, { keys }))) return keys;
    const other = await asked(store.read('Key', name));
    return keysOf(other?.payload ?? {}, name);
  }

  async function change(edit: (keys: Keys<Material>) => Promise<Keys<Material>>) {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const keys = await read();
      const next = await edit(keys);
      if (next === keys || (await replace(keys, next))) return next;
    }
    throw new ProviderUnavailableError('Other processes keep changing the keys; try again.');
  }

  async function replace(keys: Keys<Material>, next: Keys<Material>): Promise<boolean> {
    try {
      return await asked(store.replace('Key', name, { keys }, { keys: next }));
    } catch (error) {
      // The connection may have broken after the fact.
      const found = await store.read('Key', name).catch(() => undefined);
      if (JSON.stringify(found?.payload.keys) === JSON.stringify(next)) return true;
      throw error;
    }
  }

  /** Dates the key that signs from now, where the clock that made it was far ahead: by that date it would never be replaced. */
  async function redate(): Promise<Keys<Material>> {
    return change(async (old) => {
      const { active } = lookAt(old);
      const signsFrom = Math.floor(now());
      return isAhead(active)
        ? old.map((key) => (key.id === active.id ? { ...key, signsFrom } : key))
        : old;
    });
  }

  async function add(): Promise<Keys<Material>> {
    const made = await make();
    const keys = await change(async (old) => {
      const found = lookAt(old);
      if (heirIn(found)) return old;
      return [...found.live, { ...made, signsFrom: Math.floor(now()) + publishedSeconds }];
    });
    const added = keys.find(({ id }) => id === made.id);
    if (added) await options.added(added);
    return keys;
  }

  async function without(old: Keys<Material>, id: string): Promise<Keys<Material>> {
    const found = lookAt(old);
    const rest = found.live.filter((key) => key.id !== id);
    if (rest.length === found.live.length) return old;
    if (found.active.id !== id) return rest;
    const signsFrom = Math.floor(now());
    const heir = heirIn(found) ?? { ...(await make()), signsFrom };
    return [...rest.filter((key) => key !== heir), { ...heir, signsFrom }];
  }

  async function load(): Promise<RingView<Material>> {
    const at = now();
    const stored = await read();
    const keys = isAhead(lookAt(stored).active) ? await redate().catch(() => stored) : stored;
    const found = lookAt(keys);
    const { signsFrom } = found.active;
    const due = !fits(found.active) || at >= signsFrom + signsSeconds - publishedSeconds;
    // A rotation has plenty of time: where it fails, the keys at hand go on and the next look tries again.
    return adopt(due && !heirIn(found) ? await add().catch(() => keys) : keys, at);
  }

  function reload(): Promise<RingView<Material>> {
    reading ??= inTurn(load).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    reload,
    current: async () => (held && isRecent(held.at) ? look(held.keys) : reload()),
    async refresh() {
      if (!forced || !isRecent(forced.at)) forced = { at: now(), reading: inTurn(load) };
      await forced.reading;
      return this.current();
    },
    rotate: () =>
      inTurn(async () => {
        const found = adopt(await add(), now());
        return heirIn(found) ?? found.active;
      }),
    withdraw: (id) =>
      inTurn(async () => {
        let known = false;
        const keys = await change(async (old) => {
          const rest = await without(old, id);
          known = rest !== old;
          return rest;
        });
        adopt(keys, now());
        return known;
      }),
  };
}

/** A store that cannot be asked is an outage, whatever it throws. */
async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    throw new ProviderUnavailableError('The store cannot be asked for the keys.', { cause });
  }
}

function keysOf<Material>({ keys }: StoredRecord['payload'], name: string): Keys<Material> {
  const found = keys as Keys<Material> | undefined;
  const isKey = (key: Partial<RingKey<Material>> | null) =>
    typeof key?.id === 'string' && Number.isFinite(key.signsFrom) && key.material !== undefined;
  if (Array.isArray(found) && found.length > 0 && found.every(isKey)) return found;
  throw new ProviderUnavailableError(`The keys in the store (${name}) have an unknown form.`);
}
