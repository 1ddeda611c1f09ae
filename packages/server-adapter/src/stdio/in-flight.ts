import type { Rewriting } from '../answer/rewritten.js';
import type { Outcome } from '../audit/completion.js';
import { isObject, type JsonObject, type RequestId } from '../message/json-rpc.js';

/** How many ids are remembered that have no further use but to be recognised. The oldest are forgotten first. */
const MAX_IDS = 1000;

/** A request that was let through and has no answer yet. */
interface OpenRequest {
  complete(outcome: Outcome): Promise<void>;
  /** What becomes of its result before the client sees it. */
  readonly rewritings: readonly Rewriting[];
}

/** The requests of one connection that are not answered yet. */
export interface InFlight {
  /** Whether a request may begin under this id. How many may be open at once is NOT checked here. */
  admits(id: RequestId): boolean;
  begin(id: RequestId, request: OpenRequest): void;
  /** Ends the request that this answers. `undefined`: none is open, so nobody waits for the answer. */
  answered(id: unknown): OpenRequest | undefined;
  /** The client no longer waits. An answer that comes all the same is nobody's, and the id is not free. */
  cancelled(id: unknown): OpenRequest | undefined;
  /** Takes all that are open. */
  drain(): readonly OpenRequest[];
}

export function inFlight(): InFlight {
  const open = new Map<unknown, OpenRequest>();
  const given = new Set<unknown>();
  return {
    admits: (id) => !open.has(id) && !given.has(id),
    begin: (id, request) => void open.set(id, request),
    answered(id) {
      const request = open.get(id);
      open.delete(id);
      return request;
    },
    cancelled(id) {
      const request = open.get(id);
      if (!request) return undefined;
      open.delete(id);
      given.add(id);
      const [oldest] = given;
      if (given.size > MAX_IDS) given.delete(oldest);
      return request;
    },
    drain() {
      const all = [...open.values()];
      open.clear();
      return all;
    },
  };
}

/** The ids that a server's own requests have: an answer to any other is to nobody's question. */
export function askedIds(): { add(id: unknown): void; take(id: unknown): boolean } {
  const asked = new Set<unknown>();
  return {
    add(id) {
      asked.add(id);
      const [oldest] = asked;
      if (asked.size > MAX_IDS) asked.delete(oldest);
    },
    take: (id) => asked.delete(id),
  };
}

/** How a request ended, by the answer to it. */
export function outcomeOf({ error, result }: JsonObject): Outcome {
  const failed = error !== undefined || (isObject(result) && result.isError === true);
  return failed ? 'failed' : 'succeeded';
}
