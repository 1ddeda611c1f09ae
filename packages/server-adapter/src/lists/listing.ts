import type { Gate, Principal } from '@portcullis/core';
import type { Rewrite, Rewriting } from '../answer/rewritten.js';
import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';
import type { Era } from '../message/version-match.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Cursors } from '../state/cursors.js';
import { type ItemNeeds, itemNeeds, type ListKind, lists as listKinds } from './item-needs.js';
import { isListed, type ListPolicy } from './list-policy.js';

/** Lists as their caller may see them. Knows no HTTP. */
export interface Listing {
  /** Whether a method asks for a list. */
  lists(method: string): boolean;
  /**
   * How answers have to change, whatever id they have: a list is known by its form.
   *
   * @param anyList - Whether a list can come that none of the operations asked for. Default `false`.
   */
  rewritings(
    operations: readonly Operation[],
    principal: Principal,
    era: Era,
    anyList?: boolean,
  ): readonly Rewriting[];
}

/** What lists depend on beside the caller. */
export interface ListingOptions<S extends string> {
  readonly gate: Gate<S>;
  readonly policy: CompiledPolicy<S>;
  readonly lists: ListPolicy;
  /** Who seals the cursor of the next page. */
  readonly cursors: Cursors;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Leaves out of a list what its caller shall not see, and says in the `_meta` of the rest which scopes it takes. The order stays.
 *
 * Hiding protects nothing: what is not listed is judged all the same when it is called.
 *
 * @see MCP 2026-07-28, Caching, "Choosing a Cache Scope", "Pagination"
 */
export function createListing<S extends string>(options: ListingOptions<S>): Listing {
  const { gate, policy, lists, cursors, clock } = options;

  async function shown(
    kind: ListKind,
    principal: Principal,
    item: unknown,
  ): Promise<JsonObject | undefined> {
    if (!isObject(item)) return undefined;
    const needs = await itemNeeds(policy, kind, item);
    const now = Math.floor(clock() / 1000);
    if (!needs || !isListed(lists, gate, principal, needs, now)) return undefined;
    const kept = isObject(item._meta) ? item._meta : {};
    return { ...item, _meta: { ...kept, 'portcullis/scopes': scopesOf(gate, principal, needs) } };
  }

  /** How long a client may keep it: no longer than the token that it was made for. */
  function caching({ ttlMs }: JsonObject, { expiresAt }: Principal): JsonObject {
    const asked = typeof ttlMs === 'number' && ttlMs >= 0 ? ttlMs : 0;
    const left = Math.max(0, expiresAt * 1000 - clock());
    return { ttlMs: Math.floor(Math.min(asked, left)), cacheScope: 'private' };
  }

  function rewriteOf(method: string, kind: ListKind, principal: Principal, era: Era): Rewrite {
    return async (_operation, result) => {
      const items = result[kind.member];
      if (items === undefined) return result;
      const all = Array.isArray(items) ? items : [];
      const kept = await Promise.all(all.map((item) => shown(kind, principal, item)));
      const { nextCursor } = result;
      return {
        ...result,
        [kind.member]: kept.filter((item) => item !== undefined),
        ...(typeof nextCursor === 'string'
          ? { nextCursor: await cursors.seal(principal, method, nextCursor) }
          : {}),
        // Older revisions know no hints, but an SDK that speaks all of them hands on what a server says.
        ...(era === 'modern' || 'cacheScope' in result ? caching(result, principal) : {}),
      };
    };
  }

  return {
    lists: (method) => listKinds.has(method),
    rewritings(operations, principal, era, anyList = false) {
      const asked = new Set(operations.map(({ method }) => method));
      return [...listKinds].flatMap(([method, kind]): Rewriting[] => {
        if (!asked.has(method) && !anyList) return [];
        const rewrite = rewriteOf(method, kind, principal, era);
        const operation = { method, params: {} };
        return [
          asked.has(method)
            ? { operation, rewrite }
            : { operation, rewrite, marker: `"${kind.member}"` },
        ];
      });
    },
  };
}

/** Scopes in the words that a client has to ask its issuer with. */
function scopesOf<S extends string>(
  gate: Gate<S>,
  principal: Principal,
  { required, choices }: ItemNeeds<S>,
): JsonObject {
  const decision = gate.authorize(principal, required);
  const missing: readonly string[] = decision.allowed ? [] : decision.missing;
  const words = (scopes: readonly string[]) =>
    gate.challenge([
      { allowed: false, required: scopes as readonly S[], missing: scopes as readonly S[] },
    ]).scopes;
  const possible = [...new Set(choices.flat(2))];
  return {
    required: words(required),
    granted: words(required.filter((scope) => !missing.includes(scope))),
    missing: words(missing),
    ...(possible.length > 0 ? { possible: words(possible) } : {}),
  };
}
