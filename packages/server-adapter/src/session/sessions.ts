import type { Principal } from '@portcullis/core';
import { changedEvents } from '../answer/event-stream.js';
import { isEventStream } from '../answer/rewritten.js';
import type { McpEndpoint } from '../endpoint.js';
import { ownerOf } from '../seal/owner.js';
import type { Seals } from '../seal/seals.js';

/** What a request of the 2025 era has to do with a session. */
export interface Session {
  readonly kind: 'session';
  /** Of `ownerOf`. */
  readonly owner: string;
  /** The id as the client has it, and as the endpoint does. Absent outside a session. */
  readonly named?: { readonly sealed: string; readonly own: string };
  /** The event after which a stream goes on, as the endpoint has it. */
  readonly lastEventId?: string;
}

/** A request for a session or a stream that is not this caller's, or not there: nobody can tell which. */
interface SessionFault {
  readonly kind: 'fault';
  readonly reason: 'session_not_found' | 'event_not_found';
  readonly response: Response;
}

/** Sessions as clients see them: every id is sealed for the one who got it, so none has to be kept here. */
export interface Sessions {
  /** Opens `Mcp-Session-Id` and, on GET, `Last-Event-ID`. Does NOT know whether the session has ended: the endpoint does. */
  open(request: Request, principal: Principal): Promise<Session | SessionFault>;
  /**
   * The endpoint as the owner of a session sees it: ids come in opened and leave sealed.
   *
   * @param resumable - Whether an answer may be sent again. If not, its events lose their ids. Default `true`.
   */
  within(endpoint: McpEndpoint, session: Session, resumable?: boolean): McpEndpoint;
}

const SESSION = 'mcp-session-id';
const LAST_EVENT = 'last-event-id';
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

  return {
    async open({ method, headers }, principal) {
      const owner = ownerOf(principal);
      const now = Math.floor(clock() / 1000);
      const sealed = headers.get(SESSION);
      const own = sealed === null ? undefined : await seals.open('session', owner, sealed, now);
      if (sealed !== null && own === undefined) return sessionNotFound();
      const named = sealed !== null && own !== undefined ? { named: { sealed, own } } : {};
      const session: Session = { kind: 'session', owner, ...named };
      const last = method === 'GET' ? headers.get(LAST_EVENT) : null;
      if (!last) return session;
      const lastEventId = await seals.open('event', streamOwner(owner, own), last, now);
      return lastEventId === undefined ? eventNotFound() : { ...session, lastEventId };
    },

    within(endpoint, { owner, named, lastEventId }, resumable = true) {
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
          headers.set(SESSION, known ?? (await seals.seal('session', owner, own)));
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

// In the words of both SDKs, so that a session of somebody else cannot be told from one that has ended.
const sessionNotFound = () => fault('session_not_found', 404, -32001, 'Session not found');
const eventNotFound = () => fault('event_not_found', 400, -32000, 'Invalid event ID format');

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
