import type { Principal } from '@portcullis/core';
import type { ListPolicy } from '../lists/list-policy.js';
import { ownerOf } from '../seal/owner.js';
import type { Seals } from '../seal/seals.js';

/** Cursors as clients see them: sealed for the one who got the page before. */
export interface Cursors {
  seal(principal: Principal, method: string, cursor: string): Promise<string>;
  /** @returns `undefined` for a cursor of somebody else, of another list or of nobody, and for what is none. */
  open(principal: Principal, method: string, sealed: unknown): Promise<string | undefined>;
}

/**
 * Binds cursors to their owner, their list and the policy that filters it. Not to the token: they outlive a refresh, and each page is
 * filtered by the token that asks for it.
 *
 * @param clock - Milliseconds since the epoch.
 * @see MCP 2026-07-28, Caching, "Pagination"
 */
export function createCursors(seals: Seals, lists: ListPolicy, clock: () => number): Cursors {
  const binding = (method: string): string => `${lists} ${method} `;
  return {
    seal: (principal, method, cursor) =>
      seals.seal('cursor', ownerOf(principal), binding(method) + cursor),
    async open(principal, method, sealed) {
      if (typeof sealed !== 'string') return undefined;
      const now = Math.floor(clock() / 1000);
      const opened = await seals.open('cursor', ownerOf(principal), sealed, now);
      const bound = binding(method);
      return opened?.startsWith(bound) ? opened.slice(bound.length) : undefined;
    },
  };
}
