import {
  ConfigurationError,
  type ConfigurationProblem,
  type Principal,
  type ReplayStore,
  sha256,
} from '@portcullis/core';
import { ownerOf } from '../seal/owner.js';
import type { Seals } from '../seal/seals.js';

/** How a handle is made. */
export interface HandleOptions {
  /** Default 3600. */
  readonly expiresInSeconds?: number;
  /** Whether it opens once only, whoever opens it. Default `false`. */
  readonly singleUse?: boolean;
  /**
   * `client`: the same person with the same client, or the client acting for itself. `person`: the same person, wherever they sign in, such as
   * on the page of a URL-mode elicitation. Default `client`.
   */
  readonly holder?: 'client' | 'person';
}

/** Somebody who signed in on a page of yours: whose `issuer` and `sub` you have verified. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** State that a client keeps between calls: a basket, a task, a question that is open. */
export interface Handles {
  /**
   * Makes a handle that gives back a value to whom it was made for. It says nothing to anybody else.
   *
   * @throws {ConfigurationError} for a lifetime that is no number of seconds, or a person where a client acts for itself.
   * @throws RangeError for a value of more than some 750,000 bytes.
   */
  mint(principal: Principal, value: string, options?: HandleOptions): Promise<string>;
  /**
   * The value of a handle. Having a handle proves nothing else: check what may be done with the value as if it had come without one.
   *
   * @param holder - Who calls; or who signed in, which opens only what was made for a `person`.
   * @returns `undefined` for a handle that is altered, expired, used up or somebody else's: nobody can tell which.
   * @throws whatever the store of used handles throws, for handles that open once.
   */
  open(holder: Principal | Person, handle: string): Promise<string | undefined>;
}

/** What is wrong with the option `usedHandles`. */
export function usedHandlesProblems(used: unknown): readonly ConfigurationProblem[] {
  if (typeof (used as ReplayStore | null)?.insertIfAbsent === 'function') return [];
  const remedy = 'Pass a ReplayStore, or leave it out to keep marks in memory.';
  return [{ option: 'usedHandles', problem: 'has no "insertIfAbsent".', remedy }];
}

/** An hour. */
const SECONDS = 3600;
/** How far the clocks of instances and their store may be apart, in seconds: a mark outlives its handle on each of them. */
const CLOCKS_APART = 60;

/**
 * Makes and opens handles. None is kept here but those used up, until a minute after they expire.
 *
 * @param used - Marks of handles that open once and were opened.
 * @param clock - Milliseconds since the epoch.
 * @see MCP 2026-07-28, Security Best Practices, "State Handle Hijacking"
 */
export function createHandles(seals: Seals, used: ReplayStore, clock: () => number): Handles {
  const seconds = () => Math.floor(clock() / 1000);

  return {
    async mint(principal, value, options = {}) {
      const { expiresInSeconds = SECONDS, singleUse = false, holder = 'client' } = options;
      const owner = holder === 'person' ? personOf(principal) : ownerOf(principal);
      if (owner === undefined) throw wrong('holder', 'is "person", but a client acts for itself.');
      if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds > 0)) {
        throw wrong('expiresInSeconds', 'must be a whole number of seconds, at least 1.');
      }
      const until = seconds() + expiresInSeconds;
      const once = singleUse ? until : 0;
      return seals.seal('handle', owner, `${once} ${value}`, until);
    },

    async open(holder, handle) {
      if (typeof handle !== 'string') return undefined;
      const owners = [...('kind' in holder ? [ownerOf(holder)] : []), personOf(holder)];
      for (const owner of owners) {
        if (owner === undefined) continue;
        const opened = await seals.open('handle', owner, handle, seconds());
        if (opened === undefined) continue;
        const space = opened.indexOf(' ');
        const until = Number(opened.slice(0, space));
        if (until > 0 && !(await firstUse(used, owner, handle, until, seconds()))) return undefined;
        return opened.slice(space + 1);
      }
      return undefined;
    },
  };
}

async function firstUse(
  used: ReplayStore,
  owner: string,
  handle: string,
  until: number,
  now: number,
): Promise<boolean> {
  const key = await sha256(handle);
  return used.insertIfAbsent(key, until + CLOCKS_APART, now, await sha256(owner));
}

/** A client that acts for itself is nobody's person, however its subject is spelt. */
function personOf(holder: Principal | Person): string | undefined {
  if ('kind' in holder && holder.actor !== 'user') return undefined;
  return JSON.stringify(['person', holder.issuer, holder.subject]);
}

function wrong(option: string, problem: string): ConfigurationError {
  const remedy = 'Leave it out for the default.';
  return new ConfigurationError([{ option, problem, remedy }]);
}
