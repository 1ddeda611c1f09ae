import type { Principal } from '@portcullis/core';
import { changedEvents } from '../answer/event-stream.js';
import { isEventStream } from '../answer/rewritten.js';
import type { McpEndpoint } from '../endpoint.js';
import type { Operation } from '../message/json-rpc.js';
import { hasBatches, NO_BATCHES } from '../message/version-match.js';
import { ownerOf } from '../seal/owner.js';
import type { Seals } from '../seal/seals.js';

interface NamedSession {
  /** The id as the client has it. */
  readonly sealed: string;
  /** The id as the endpoint has it. */
  readonly own: string;
  /** Whether its revision has batches: what a client asked for when it began, which is what it gets if the endpoint has it. */
  readonly batches: boolean;
}

/** What a request of the 2025 era has to do with a session. */
export interface Session {
  readonly kind: 'session';
  /** Of `ownerOf`. */
  readonly owner: string;
  /** Absent outside a session. */
  readonly named?: NamedSession;
  /** The event after which a stream goes on, as the endpoint has it. */
  readonly lastEventId?: string;
}

/** A request for a session or a stream that is not this caller's, or not there: nobody can tell which. Or a batch where there are none. */
interface SessionFault {
  readonly kind: 'fault';
  readonly reason: 'session_not_found' | 'event_not_found' | 'protocol_32600';
  readonly response: Response;
}

/** Sessions as clients see them: every id is sealed for the one who got it, so none has to be kept here. */
export interface Sessions {
  /**
   * Opens `Mcp-Session-Id` and, on GET, `Last-Event-ID`. Does NOT know whether the session has ended: the endpoint does.
   *
   * @param batch - Whether the body is an array. Default `false`.
   */
  open(request: Request, principal: Principal, batch?: boolean): Promise<Session | SessionFault>;
  /**
   * The endpoint as the owner of a session sees it: ids come in opened and leave sealed.
   *
   * @param operations - Of the message that it will be handed. Default: none.
   */
  within(endpoint: McpEndpoint, session: Session, operations?: readonly Operation[]): McpEndpoint;
}

const SESSION = 'mcp-session-id';
const LAST_EVENT = 'last-event-id';
const VERSION = 'mcp-protocol-version';
/** The longest event of an answer, in characters. The endpoint had it in memory as a whole, so this only bounds a mistake of its own. */
const MAX_EVENT = 67_108_864;

/**
 * Sessions bound to issuer, subject and client. The token is no part of it, so they outlive a refresh; and they authenticate nobody:
 * each request brings its own token and is judged by its scopes.
 *
 * @param clock - Milliseconds since the epoch.
 * @see MCP 2025-11-25, Streamable HTTP, "Session Management", "Resumability and Redelivery"; Security Best Practices, "Session Hijacking"
 */
export function createSessions(seals: Seals, clock: () => number): Sessions {
  function sealedEvents(
    body: ReadableStream<Uint8Array>,
    owner: string,
    resumable: boolean,
  ): ReadableStream<Uint8Array> {
    return changedEvents(
      body,
      async (event) => {
        // An empty one takes back what the client remembers, and is nobody's.
        if (!event.id) return event;
        const { id, ...others } = event;
        return resumable ? { ...others, id: await seals.seal('event', owner, id) } : others;
      },
      MAX_EVENT,
    );
  }

  async function named(
    sealed: string,
    owner: string,
    now: number,
  ): Promise<NamedSession | undefined> {
    const opened = await seals.open('session', owner, sealed, now);
    if (opened === undefined) return undefined;
    // Only ever what `within` sealed, or it would not have opened.
    const [own, batches] = JSON.parse(opened) as [string, boolean];
    return { sealed, own, batches };
  }

  return {
    async open({ method, headers }, principal, batch = false) {
      const owner = ownerOf(principal);
      const now = Math.floor(clock() / 1000);
      const sealed = headers.get(SESSION);
      const known = sealed === null ? undefined : await named(sealed, owner, now);
      if (sealed !== null && !known) return sessionNotFound();
      // Without a version header a message is of its session's revision.
      if (batch && known?.batches === false && !headers.has(VERSION)) return noBatches();
      const session: Session = { kind: 'session', owner, ...(known ? { named: known } : {}) };
      const last = method === 'GET' ? headers.get(LAST_EVENT) : null;
      if (!last) return session;
      const lastEventId = await seals.open('event', streamOwner(owner, known?.own), last, now);
      return lastEventId === undefined ? eventNotFound() : { ...session, lastEventId };
    },

    within(endpoint, { owner, named, lastEventId }, operations = []) {
      const resumable = isResumable(operations);
      return async (request, options) => {
        if (named) request.headers.set(SESSION, named.own);
        if (lastEventId !== undefined) request.headers.set(LAST_EVENT, lastEventId);
        const response = await endpoint(request, options);
        const { body, status, statusText } = response;
        const headers = new Headers(response.headers);
        const own = headers.get(SESSION) || undefined;
        if (own !== undefined) {
          // The one it knows already, while it is the same: clients may compare.
          const known = own === named?.own ? named.sealed : undefined;
          const value = JSON.stringify([own, named?.batches ?? mayHaveBatches(operations)]);
          headers.set(SESSION, known ?? (await seals.seal('session', owner, value)));
        }
        if (!body || !isEventStream(headers)) {
          return own === undefined ? response : new Response(body, { status, statusText, headers });
        }
        headers.delete('content-length');
        const events = sealedEvents(body, streamOwner(owner, own ?? named?.own), resumable);
        return new Response(events, { status, statusText, headers });
      };
    },
  };
}

/** The endpoint without sessions: one that mints an id all the same gives it to nobody, since nothing would bind it. */
export function withoutSessions(endpoint: McpEndpoint): McpEndpoint {
  return async (request, options) => {
    const response = await endpoint(request, options);
    if (!response.headers.has(SESSION)) return response;
    const { body, status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.delete(SESSION);
    return new Response(body, { status, statusText, headers });
  };
}

/** Whose the events of a stream are: of one owner in one session, or in none. */
function streamOwner(owner: string, session = ''): string {
  return JSON.stringify([owner, session]);
}

/** What a completion may show depends on what was asked, which nobody knows any more when its answer is sent again. */
function isResumable(operations: readonly Operation[]): boolean {
  return operations.every(({ method }) => method !== 'completion/complete');
}

/** Whether what begins here may be of a revision with batches. */
function mayHaveBatches([operation]: readonly Operation[]): boolean {
  return operation?.method !== 'initialize' || hasBatches(operation.params.protocolVersion);
}

// In the words of both SDKs, so that a session of somebody else cannot be told from one that has ended.
const sessionNotFound = () => fault('session_not_found', 404, -32001, 'Session not found');
const eventNotFound = () => fault('event_not_found', 400, -32000, 'Invalid event ID format');
const noBatches = () => fault('protocol_32600', 400, -32600, NO_BATCHES);

function fault(
  reason: SessionFault['reason'],
  status: number,
  code: number,
  message: string,
): SessionFault {
  const body = { jsonrpc: '2.0', error: { code, message }, id: null };
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return {
    kind: 'fault',
    reason,
    response: new Response(JSON.stringify(body), { status, headers }),
  };
}
