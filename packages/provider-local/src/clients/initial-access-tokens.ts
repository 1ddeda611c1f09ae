import { randomBytes, randomUUID } from 'node:crypto';
import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore } from '../store/local-store.js';

/** Settings of {@link InitialAccessTokens.issue}. */
export interface InitialAccessTokenOptions {
  /** How many clients may register with it, 1 to 1,000. Default 1. */
  readonly uses?: number;
  /** How long it is good for, in days, 1 to 365. Default 7. */
  readonly days?: number;
}

/** Hands out what a client needs to register where not everybody may (RFC 7591 §3). */
export interface InitialAccessTokens {
  /**
   * Makes one. It is kept as a hash: nobody can look it up again.
   *
   * @throws {ConfigurationError} for a number out of bounds.
   */
  issue(options?: InitialAccessTokenOptions): Promise<string>;
  /** Ends one before its time. Clients that registered with it stay. */
  revoke(token: string): Promise<void>;
}

const KIND = 'InitialAccessToken';
const DAY = 86_400;
/** How often a use is tried again when others use the same token at the same time. */
const TRIES = 1000;

/** Binds them to a store. */
export function createInitialAccessTokens(store: LocalStore): InitialAccessTokens {
  return {
    async issue({ uses = 1, days = 7 } = {}) {
      const wrong = [
        ...(isCount(uses, 1000) ? [] : [{ option: 'uses', most: '1,000' }]),
        ...(isCount(days, 365) ? [] : [{ option: 'days', most: '365' }]),
      ];
      if (wrong.length > 0) {
        throw new ConfigurationError(
          wrong.map(({ option, most }) => ({
            option: `initialAccessTokens.issue.${option}`,
            problem: `must be a whole number from 1 to ${most}.`,
            remedy: 'Correct it, or leave it out.',
          })),
        );
      }
      const token = `iat_${randomBytes(32).toString('base64url')}`;
      const expiresAt = Math.floor(Date.now() / 1000) + days * DAY;
      await store.write(KIND, token, { left: uses }, { expiresAt });
      return token;
    },
    revoke: (token) => store.remove(KIND, token),
  };
}

/** Takes one use away, in one atomic step. `false` where none is left or the token is none. */
export function useInitialAccessToken(store: LocalStore, token: string): Promise<boolean> {
  return change(store, token, (left) => left - 1);
}

/** Gives a use back to a token whose client could not be registered. */
export async function giveBackInitialAccessToken(store: LocalStore, token: string): Promise<void> {
  await change(store, token, (left) => left + 1);
}

async function change(
  store: LocalStore,
  token: string,
  next: (left: number) => number,
): Promise<boolean> {
  const by = randomUUID();
  let failed = false;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const found = await store.read(KIND, token);
    if (!found) return false;
    // The step was done and only its answer lost.
    if (found.payload.by === by) return true;
    const left = next(Number(found.payload.left));
    if (left < 0) return false;
    try {
      if (await store.replace(KIND, token, found.payload, { left, by })) return true;
    } catch (error) {
      if (failed) throw error;
      failed = true;
    }
  }
  throw new ProviderUnavailableError('Others use the initial access token all the time.');
}

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
}
