import { ConfigurationError, type ConfigurationProblem, sha256 } from '@portcullis/core';
import { fromBase64url, toBase64url } from './base64url.js';
import { deriveSealKey, type SealKey } from './seal-key.js';

/** What a sealed value is for; a value sealed for one purpose opens for no other. */
export type Purpose = 'session' | 'event' | 'cursor' | 'handle' | 'request_state';

/** The secrets behind what leaves this server to come back unchanged. */
export interface SealOptions {
  /**
   * At least 32 characters each. The first seals, all of them open: put a new one in front and take the old one away when what it sealed
   * is gone. Instances behind one address share them. Default: a random one for each start, so nothing sealed outlives a restart.
   */
  readonly secrets?: readonly string[];
}

/** Makes what a client keeps for us unreadable, unchangeable and of no use to anybody else. */
export interface Seals {
  /**
   * Hides a value and binds it to purpose, owner and, if given, an end. The length of the value shows; nothing else does.
   *
   * @param owner - Of `ownerOf`; may hold more, such as a session's id.
   * @param until - Seconds since the epoch, the first at which it is over. Default: it holds as long as the secret.
   * @returns base64url, so visible ASCII. Another text each time.
   * @throws RangeError when the result would be over 1 MiB, and could never be opened.
   */
  seal(purpose: Purpose, owner: string, value: string, until?: number): Promise<string>;
  /**
   * What was sealed. Does NOT remember what it opened: a value that must count once needs a store.
   *
   * @param now - Seconds since the epoch.
   * @returns `undefined` for anything altered, foreign, expired, too long or sealed under an unknown secret: nobody can tell which.
   */
  open(purpose: Purpose, owner: string, sealed: string, now: number): Promise<string | undefined>;
}

/** The first byte. What follows: 12 bytes of IV, then ciphertext and tag. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** How long a sealed value may be, in characters. */
const MAX_SEALED = 1_048_576;
const MIN_SECRET = 32;
/** How many keys are remembered. Deriving one again costs some ten microseconds. */
const MAX_KEYS = 1000;

/**
 * Seals with AES-256-GCM, under a key of its own for each purpose and owner: no number of owners or events brings one key near
 * its limit of 2³² values.
 *
 * @param options.resource - Part of the binding, so that two resources with the same secrets do not open each other's values.
 * @throws {ConfigurationError} for `secrets` that are none or too short.
 * @see NIST SP 800-38D §8.3
 */
export function createSeals(options: SealOptions & { readonly resource: string }): Seals {
  const { secrets, resource } = options;
  const problems = secretProblems(secrets);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const encoder = new TextEncoder();
  const keys = new Map<string, Promise<readonly SealKey[]>>();
  let all = secrets;

  async function derived(label: string): Promise<readonly SealKey[]> {
    // At first use: not every runtime has random values while it starts.
    all ??= [randomSecret()];
    // As a hash, since some runtimes bind a key to no more than 1,024 bytes, and a client's id may be long.
    const binding = encoder.encode(await sha256(label));
    return Promise.all(all.map((secret) => deriveSealKey(encoder.encode(secret), binding)));
  }

  function keysFor(label: string): Promise<readonly SealKey[]> {
    const known = keys.get(label);
    if (known) return known;
    const [oldest] = keys.keys();
    if (keys.size >= MAX_KEYS && oldest !== undefined) keys.delete(oldest);
    const fresh = derived(label);
    keys.set(label, fresh);
    // What cannot be had yet, as random values while some runtimes start, may be had later.
    fresh.catch(() => keys.delete(label));
    return fresh;
  }

  const labelOf = (purpose: Purpose, owner: string): string =>
    JSON.stringify(['portcullis seal', VERSION, purpose, resource, owner]);

  return {
    async seal(purpose, owner, value, until) {
      const [key] = await keysFor(labelOf(purpose, owner));
      if (key === undefined) throw new TypeError('There is no key to seal with.');
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const plain = encoder.encode(JSON.stringify([until ?? null, value]));
      const hidden = await key.encrypt(iv, plain);
      const bytes = new Uint8Array(1 + IV_BYTES + hidden.length);
      bytes.set([VERSION]);
      bytes.set(iv, 1);
      bytes.set(hidden, 1 + IV_BYTES);
      const sealed = toBase64url(bytes);
      if (sealed.length > MAX_SEALED) {
        throw new RangeError(`A value of ${value.length} characters is too long to be sealed.`);
      }
      return sealed;
    },

    async open(purpose, owner, sealed, now) {
      if (sealed.length > MAX_SEALED) return undefined;
      const bytes = fromBase64url(sealed);
      if (bytes === undefined || bytes[0] !== VERSION) return undefined;
      if (bytes.length < 1 + IV_BYTES + TAG_BYTES) return undefined;
      const iv = bytes.subarray(1, 1 + IV_BYTES);
      for (const key of await keysFor(labelOf(purpose, owner))) {
        const plain = await key.decrypt(iv, bytes.subarray(1 + IV_BYTES));
        if (plain === undefined) continue;
        // Only ever what `seal` wrote, or the tag would not fit.
        const [until, value] = JSON.parse(new TextDecoder().decode(plain)) as [
          number | null,
          string,
        ];
        return until === null || now < until ? value : undefined;
      }
      return undefined;
    },
  };
}

function randomSecret(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

function secretProblems(secrets?: readonly string[]): readonly ConfigurationProblem[] {
  if (secrets === undefined) return [];
  const remedy = `Make one with "openssl rand -base64 32", and give every instance the same.`;
  if (!Array.isArray(secrets) || secrets.length === 0) {
    return [{ option: 'secrets', problem: 'must be a list of at least one secret.', remedy }];
  }
  return secrets.flatMap((secret, index) =>
    typeof secret === 'string' && secret.length >= MIN_SECRET
      ? []
      : [
          {
            option: `secrets[${index}]`,
            problem: `must be a string of at least ${MIN_SECRET} characters.`,
            remedy,
          },
        ],
  );
}
