import { ConfigurationError } from '@portcullis/core';
import type { Limits } from './limits/limits.js';
import type { ListPolicy } from './lists/list-policy.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import type { Seals } from './seal/seals.js';

/** What of an `auth` the other subpaths work with, and nobody else. */
export interface Inside<S extends string> {
  readonly policy: CompiledPolicy<S>;
  readonly limits: Limits;
  readonly lists: ListPolicy;
  readonly seals: Seals;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Whether events are kept at all, so that arguments are worth hashing. */
  readonly audited: boolean;
}

const insides = new WeakMap<object, Inside<never>>();

/** Ties an `auth` to its inside. */
export function withInside<Auth extends object, S extends string>(
  auth: Auth,
  inside: Inside<S>,
): Auth {
  insides.set(auth, inside as unknown as Inside<never>);
  return auth;
}

/** @throws {ConfigurationError} for what `createMcpAuth` has not made, a copy included. */
export function insideOf<S extends string>(auth: object): Inside<S> {
  const inside = insides.get(auth);
  if (inside) return inside as unknown as Inside<S>;
  throw new ConfigurationError([
    {
      option: 'auth',
      problem: 'was not made by createMcpAuth.',
      remedy: 'Pass what createMcpAuth returned, not a copy of it.',
    },
  ]);
}
