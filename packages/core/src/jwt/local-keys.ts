import { ConfigurationError } from '../errors.js';
import { type KeySet, readKeySet } from './key-set.js';
import type { KeySource } from './key-source.js';

/** Public keys that are at hand, for an issuer in the same process. */
export interface LocalKeys extends KeySource {
  /**
   * Swaps the set after a rotation. Listeners are told if a key is gone.
   *
   * @throws {ConfigurationError} when the set is unusable; the old one stays.
   */
  replace(jwks: unknown): void;
}

/**
 * A {@link KeySource} without a network.
 *
 * @param jwks - A JWK Set of public keys.
 * @throws {ConfigurationError} when it holds no usable key, or a private or symmetric one.
 */
export function createLocalKeys(jwks: unknown): LocalKeys {
  let current = read(jwks);
  const listeners = new Set<() => void>();
  return {
    find: (query) => current.find(query),
    onRetired(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    replace(next) {
      const previous = current;
      current = read(next);
      if (!previous.within(current)) for (const listen of listeners) listen();
    },
  };
}

function read(jwks: unknown): KeySet {
  const set = readKeySet(jwks);
  if (typeof set !== 'string' && set.ignored.length === 0) return set;
  const problem = typeof set === 'string' ? set : set.ignored.join(' ');
  const remedy = 'Pass the public halves of the signing keys as a JWK Set.';
  throw new ConfigurationError([{ option: 'jwks', problem: `is unusable: ${problem}`, remedy }]);
}
