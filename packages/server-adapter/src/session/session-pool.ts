import { ConfigurationError, type ConfigurationProblem, type Principal } from '@portcullis/core';
import type { McpEndpoint } from '../endpoint.js';
import { isObject } from '../message/json-rpc.js';
import { ownerOf } from '../seal/owner.js';
import { untilEnd } from './until-end.js';

/** How many sessions an endpoint keeps, and for how long. */
export interface SessionLimits {
  /** Sessions at once. Past it the longest idle one of whoever has the most ends. Default 1,000. */
  readonly maxSessions?: number;
  /** Sessions of one owner (issuer, subject and client) at once. Past it the owner's longest idle one ends. Default 100. */
  readonly maxSessionsPerOwner?: number;
  /** Milliseconds without a request or an open stream after which a session ends. Default 1,800,000 (30 minutes). */
  readonly idleMs?: number;
}

/** A server of an SDK, connected for one session. */
export interface SessionServer {
  readonly handle: McpEndpoint;
  close(): Promise<void>;
}

/** What a session starts with. */
export interface SessionStart {
  /** Random, 122 bits. */
  readonly id: string;
  readonly request: Request;
  readonly options: Parameters<McpEndpoint>[1];
  /** To be called when the server has closed the session by itself, as it does on DELETE. */
  readonly ended: () => void;
}

/** Sessions of one endpoint, each with a server of its own. */
export interface SessionPool {
  /** Answers requests of the 2025 era: `initialize` begins a session, all others name theirs. */
  readonly serve: McpEndpoint;
  /** Ends all sessions, and begins no more. */
  close(): Promise<void>;
}

interface Entry {
  readonly owner: string;
  server?: SessionServer;
  /** Calls whose answers are not through. */
  running: number;
  /** Streams that are listened to. */
  streams: number;
  idle?: ReturnType<typeof setTimeout>;
}

/** The longest that a timer can run, in milliseconds. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Keeps sessions in this process's memory: instances behind a load balancer need sticky sessions. The gate in front has opened the ids; the
 * owner is compared again all the same.
 *
 * @param start - Builds and connects the server of a new session.
 * @throws {ConfigurationError} for limits that are no whole numbers above zero.
 */
export function createSessionPool(
  limits: SessionLimits,
  start: (session: SessionStart) => Promise<SessionServer>,
): SessionPool {
  const { maxSessions = 1000, maxSessionsPerOwner = 100, idleMs = 1_800_000 } = limits;
  const problems = limitProblems({ maxSessions, maxSessionsPerOwner, idleMs });
  if (problems.length > 0) throw new ConfigurationError(problems);
  /** The one that was used last comes last. */
  const sessions = new Map<string, Entry>();
  let closed = false;

  function end(id: string): Promise<void> | undefined {
    const entry = sessions.get(id);
    sessions.delete(id);
    clearTimeout(entry?.idle);
    return entry?.server?.close().catch(() => {});
  }

  /** Begins to wait for the next request, unless somebody is being served. */
  function rest(id: string, entry: Entry): void {
    if (sessions.get(id) !== entry || entry.running + entry.streams > 0) return;
    clearTimeout(entry.idle);
    entry.idle = setTimeout(() => void end(id), idleMs);
    // Waiting for nothing must not keep a process alive.
    (entry.idle as { unref?: () => void }).unref?.();
  }

  /** Whether a session is one of those who have the most that could end: who begins many ends their own before anybody else's. */
  function ofGreediest(): (entry: Entry) => boolean {
    const counts = new Map<string, number>();
    let most = 0;
    for (const { owner, running } of sessions.values()) {
      if (running > 0) continue;
      const count = (counts.get(owner) ?? 0) + 1;
      counts.set(owner, count);
      most = Math.max(most, count);
    }
    return ({ owner }) => counts.get(owner) === most;
  }

  /** Ends the longest idle of these sessions; one that only listens before none. A running call is never cut. */
  function makeRoom(among: (entry: Entry) => boolean): boolean {
    const candidates = [...sessions].filter(([, entry]) => among(entry) && entry.running === 0);
    const [id] = candidates.find(([, { streams }]) => streams === 0) ?? candidates[0] ?? [];
    if (id === undefined) return false;
    void end(id);
    return true;
  }

  async function serveIn(
    id: string,
    entry: Entry,
    server: SessionServer,
    [request, options]: Parameters<McpEndpoint>,
  ): Promise<Response> {
    const kind = request.method === 'GET' ? 'streams' : 'running';
    sessions.delete(id);
    sessions.set(id, entry);
    clearTimeout(entry.idle);
    entry[kind] += 1;
    const done = () => {
      entry[kind] -= 1;
      rest(id, entry);
    };
    try {
      return untilEnd(await server.handle(request, options), done);
    } catch (error) {
      done();
      throw error;
    }
  }

  async function begin(owner: string, ...given: Parameters<McpEndpoint>): Promise<Response> {
    const [request, options] = given;
    if (closed) return refused(503, -32000, 'This server is going away');
    const own = [...sessions.values()].filter((entry) => entry.owner === owner);
    if (own.length >= maxSessionsPerOwner && !makeRoom((entry) => entry.owner === owner)) {
      return refused(429, -32000, 'Too many sessions with running calls: end one first');
    }
    if (sessions.size >= maxSessions && !makeRoom(ofGreediest())) {
      return refused(503, -32000, 'No session is free');
    }
    const id = crypto.randomUUID();
    // Taken before anything is waited for, so that no two take the same room; and as running, so that nobody else takes it meanwhile.
    const entry: Entry = { owner, running: 1, streams: 0 };
    sessions.set(id, entry);
    try {
      const ended = () => void end(id);
      const server = await start({ id, request, options, ended });
      entry.server = server;
      if (sessions.get(id) !== entry) {
        await server.close();
        return refused(503, -32000, 'This server is going away');
      }
      const response = await serveIn(id, entry, server, given);
      entry.running -= 1;
      rest(id, entry);
      // Refused, or a notification that has no answer: nobody was told of this session.
      if (response.status >= 400 || !response.headers.has('mcp-session-id')) await end(id);
      return response;
    } catch (error) {
      await end(id);
      throw error;
    }
  }

  return {
    async serve(request, options) {
      const owner = ownerOf(principalOf(options));
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        const { parsedBody } = options;
        const begins = isObject(parsedBody) && parsedBody.method === 'initialize';
        return begins && request.method === 'POST'
          ? begin(owner, request, options)
          : refused(400, -32000, 'Bad Request: Mcp-Session-Id header is required');
      }
      const entry = sessions.get(id);
      if (entry?.owner !== owner || !entry.server) return refused(404, -32001, 'Session not found');
      return serveIn(id, entry, entry.server, [request, options]);
    },
    async close() {
      closed = true;
      await Promise.all([...sessions.keys()].map(end));
    },
  };
}

function principalOf({ authInfo }: Parameters<McpEndpoint>[1]): Principal {
  const principal = authInfo?.extra.principal;
  if (isObject(principal) && principal.kind === 'principal') return principal as never;
  const problem = 'was called where no gate has let a caller in, so nobody could own a session.';
  const remedy = 'Serve it through auth.protect(endpoint, { sessions: true }).';
  throw new ConfigurationError([{ option: 'statefulEndpoint', problem, remedy }]);
}

/** In the words of both SDKs where they have any. */
function refused(status: number, code: number, message: string): Response {
  const body = { jsonrpc: '2.0', error: { code, message }, id: null };
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  if (status === 429 || status === 503) headers.set('retry-after', '5');
  return new Response(JSON.stringify(body), { status, headers });
}

function limitProblems(limits: Required<SessionLimits>): readonly ConfigurationProblem[] {
  return Object.entries(limits)
    .filter(([, limit]) => !Number.isInteger(limit) || limit < 1 || limit > LONGEST_TIMER)
    .map(([option, limit]) => ({
      option,
      problem: `must be a whole number from 1 to ${LONGEST_TIMER}; got ${String(limit)}.`,
      remedy: 'Leave it out for the default.',
    }));
}
