import {
  ConfigurationError,
  type ConfigurationProblem,
  ProviderUnavailableError,
} from '../errors.js';
import { endpointProblems } from '../http/endpoint-url.js';
import { identifierProblems } from '../http/resource-identifier.js';
import { type Fetch, type FetchBounds, fetchJson } from './fetch-json.js';
import { discoverJwksUri, type MetadataPlaces } from './issuer-metadata.js';
import { type KeySet, readKeySet } from './key-set.js';
import {
  type DatedKeySet,
  fromSnapshot,
  type KeySnapshotStore,
  toSnapshot,
} from './key-snapshot.js';
import type { KeyAnswer, KeyQuery, KeySource } from './key-source.js';
import { untilAborted } from './until-aborted.js';

/** Where keys are fetched from, and within which bounds. All durations in seconds but `timeoutMs`. */
export interface RemoteKeysOptions {
  /** The issuer, whose metadata says where the keys are. Needed unless `jwksUri` is given. */
  readonly issuer?: string;
  /** The key set itself; no metadata is read then. HTTPS unless on loopback. */
  readonly jwksUri?: string;
  /** Where the metadata lies, if not where the standards put it. */
  readonly metadata?: MetadataPlaces;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** How long a set is used before it is fetched again. Default 600. */
  readonly maxAge?: number;
  /** How often at most an unknown `kid` causes a fetch. Default 30. */
  readonly cooldown?: number;
  /** How long to wait after a failed fetch before the next one that no unknown `kid` causes. Default 5. */
  readonly retryAfter?: number;
  /** How long beyond `maxAge` the last good set is used while the issuer is down. Default 3600. */
  readonly grace?: number;
  /** Keeps the last good set over a restart, where it counts as if the process had never stopped. Default: nothing is kept. */
  readonly snapshot?: KeySnapshotStore;
  /** Milliseconds that one fetch may take. Default 5000. */
  readonly timeoutMs?: number;
  /** Bytes that one document may have. Default 262,144. */
  readonly maxBytes?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
  /** Told when a fetch failed or a published key was left out. Default: nobody; see {@link RemoteKeys.status}. */
  readonly report?: (message: string) => void;
}

/** The state of a key set, for a health answer. */
export interface KeyStatus {
  /** Whether a token can be verified now, or nobody has tried yet: `false` once the issuer is down and the last good set too old. */
  readonly usable: boolean;
  /** Usable keys. */
  readonly keys: number;
  /** Seconds since the set was fetched; absent before the first. */
  readonly age?: number;
  /** Why the last fetch failed; absent when it succeeded. */
  readonly failure?: string;
  /** Published keys that were left out, a sentence for each. */
  readonly ignored: readonly string[];
}

/** Keys of one issuer, fetched when needed. */
export interface RemoteKeys extends KeySource {
  /**
   * Fetches the keys now unless they are fresh, so that the first caller need not wait.
   *
   * @throws {ProviderUnavailableError} when they cannot be had.
   */
  load(signal: AbortSignal): Promise<void>;
  status(): KeyStatus;
}

/**
 * The published keys of one issuer, cached.
 *
 * No redirects; HTTPS unless on loopback; bounded in time, size and number of keys. Parallel callers share one fetch. An unknown `kid`
 * fetches anew, at most once per `cooldown`, and is a verdict only if the issuer answered. A document without a usable
 * key counts as a failed fetch. While fetches fail, the last good set is used until `maxAge` + `grace`, then callers get an outage.
 * Symmetric, private and short keys are left out. With a `snapshot`, a process starts with the set that the one before it had.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 * @see RFC 9068 §4, RFC 8414, RFC 7517
 */
export function createRemoteKeys(options: RemoteKeysOptions): RemoteKeys {
  const { issuer = '', jwksUri, maxAge = 600, cooldown = 30, retryAfter = 5 } = options;
  const { grace = 3600, clock = Date.now, timeoutMs = 5000, maxBytes = 262_144 } = options;
  const { snapshot } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const bounds: FetchBounds = {
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    timeoutMs,
    maxBytes,
  };

  const source = jwksUri ?? issuer;
  const listeners = new Set<() => void>();
  let current: DatedKeySet | undefined;
  let location = jwksUri;
  let failure: string | undefined;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let askedForUnknownAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  /** A log that is full is no reason to refuse a caller, nor to keep from anybody that a key was withdrawn. */
  function report(message: string): void {
    try {
      options.report?.(message);
    } catch {
      // Nobody is left to be told.
    }
  }

  /** A clock that was set back makes everything old, rather than young for hours. */
  function within(since: number, seconds: number): boolean {
    const age = clock() - since;
    return age >= 0 && age < seconds * 1000;
  }

  let restored: Promise<void> | undefined;

  /** Once, before the first fetch. A snapshot that cannot be read, or not in the time of a fetch, is none. */
  async function restore(store: KeySnapshotStore): Promise<void> {
    try {
      const written = await untilAborted(store.read(), AbortSignal.timeout(Math.ceil(timeoutMs)));
      if (written !== undefined) current = fromSnapshot(source, written);
      if (written !== undefined && !current) report('The key snapshot is of no use.');
    } catch {
      report('The key snapshot could not be read.');
    }
  }

  /** Nobody waits for it: it matters to the next start only. */
  async function keep(document: unknown, at: number): Promise<void> {
    try {
      await snapshot?.write(toSnapshot(source, document, at));
    } catch {
      report('The key snapshot could not be written.');
    }
  }

  async function load(): Promise<KeySet | string> {
    if (location === undefined) {
      const discovered = await discoverJwksUri(issuer, bounds, options.metadata);
      if (discovered.kind === 'failed') return discovered.reason;
      location = discovered.jwksUri;
    }
    const fetched = await fetchJson(location, bounds);
    if (fetched.kind === 'failed') return `The key set of the issuer ${fetched.reason}.`;
    const set = readKeySet(fetched.value);
    if (typeof set !== 'string') void keep(fetched.value, clock());
    return set;
  }

  async function fetchOnce(): Promise<void> {
    attemptedAt = clock();
    const loaded = await load();
    if (typeof loaded === 'string') {
      failure = loaded;
      // The keys may have moved: ask the metadata again next time.
      location = jwksUri;
      report(loaded);
      return;
    }
    const previous = current;
    failure = undefined;
    current = { set: loaded, at: clock() };
    for (const sentence of loaded.ignored) report(sentence);
    if (previous && !previous.set.within(loaded)) for (const listen of listeners) tell(listen);
  }

  /** One that throws must not keep the others from forgetting what a withdrawn key signed. */
  function tell(listen: () => void): void {
    try {
      listen();
    } catch {
      report('A listener for withdrawn keys failed.');
    }
  }

  function refresh(): Promise<void> {
    pending ??= fetchOnce().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  function unavailable(): ProviderUnavailableError {
    const reason = failure ?? 'The keys of the issuer are not there yet.';
    return new ProviderUnavailableError(reason, { retryAfter });
  }

  async function usable(signal: AbortSignal): Promise<KeySet> {
    if (!current && snapshot) {
      restored ??= restore(snapshot);
      await untilAborted(restored, signal);
    }
    if (current && within(current.at, maxAge)) return current.set;
    if (!within(attemptedAt, retryAfter) || pending) {
      const refreshed = refresh();
      // Once it is known to be down, callers that can be served from the last good set need not wait for it.
      if (!(failure !== undefined && current && within(current.at, maxAge + grace))) {
        await untilAborted(refreshed, signal);
      }
    }
    if (current && within(current.at, maxAge + grace)) return current.set;
    throw unavailable();
  }

  /** Whether the set was fetched anew, now or by somebody else in the meantime. */
  async function refetched(stale: KeySet, signal: AbortSignal): Promise<boolean> {
    if (pending) await untilAborted(pending, signal);
    else if (!within(askedForUnknownAt, cooldown)) {
      askedForUnknownAt = clock();
      await untilAborted(refresh(), signal);
    }
    return current !== undefined && current.set !== stale;
  }

  async function answer(set: KeySet, query: KeyQuery): Promise<KeyAnswer> {
    const found = await set.find(query);
    const age = current ? Math.max(0, (clock() - current.at) / 1000) : maxAge;
    // In the grace period the set is asked for again soon, and so are the answers that rest on it.
    const freshFor = Math.ceil(Math.max(maxAge - age, retryAfter));
    return found.kind === 'key' ? { ...found, freshFor } : found;
  }

  return {
    async find(query, signal) {
      const before = current?.set;
      const set = await usable(signal);
      // Fetched while we waited: asking once more could not bring another answer.
      const isNew = set !== before;
      if (isNew || query.kid === undefined || set.knows(query.kid)) return answer(set, query);
      const renewed = await refetched(set, signal);
      if (renewed && current) return answer(current.set, query);
      // Nobody could say whether the key exists: an outage is never a verdict.
      if (failure !== undefined) throw unavailable();
      return { kind: 'no_key', detail: 'No published key has the key id of the token.' };
    },
    onRetired(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    async load(signal) {
      await usable(signal);
    },
    status: () => ({
      usable: failure === undefined || (!!current && within(current.at, maxAge + grace)),
      keys: current?.set.size ?? 0,
      ...(current ? { age: Math.max(0, Math.floor((clock() - current.at) / 1000)) } : {}),
      ...(failure === undefined ? {} : { failure }),
      ignored: current?.set.ignored ?? [],
    }),
  };
}

function optionProblems(options: RemoteKeysOptions): readonly ConfigurationProblem[] {
  const { issuer, jwksUri, snapshot } = options;
  const problems: ConfigurationProblem[] = [];
  if (jwksUri === undefined) problems.push(...identifierProblems('issuer', issuer));
  problems.push(...endpointProblems('jwksUri', jwksUri));
  for (const option of [
    ...(['maxAge', 'cooldown', 'retryAfter', 'grace', 'timeoutMs', 'maxBytes'] as const),
  ]) {
    const value = options[option];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      const problem = `must be a number of at least 0; got ${String(value)}.`;
      problems.push({ option, problem, remedy: 'Leave it out for the default.' });
    }
  }
  const stores = typeof snapshot?.read === 'function' && typeof snapshot.write === 'function';
  if (snapshot !== undefined && !stores) {
    const problem = 'is not a KeySnapshotStore.';
    problems.push({ option: 'snapshot', problem, remedy: 'Pass keyFile(path), or leave it out.' });
  }
  return problems;
}
