import {
  type CreateMcpHandlerOptions,
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { McpEndpoint } from '../endpoint.js';
import { createEventStore, RETRY_MS } from '../session/event-store.js';
import { createSessionPool, type SessionLimits } from '../session/session-pool.js';

/** How {@link statefulEndpoint} serves: limits of sessions, and what `createMcpHandler` takes. */
export interface StatefulOptions extends SessionLimits, Omit<CreateMcpHandlerOptions, 'legacy'> {}

/** An endpoint that keeps sessions: `auth.protect(endpoint, { sessions: true })`. */
export interface StatefulEndpoint extends McpEndpoint {
  /** Tells open subscriptions of 2026-07-28 what changed. Sessions are told by their own servers. */
  readonly notify: McpHttpHandler['notify'];
  /** Ends all sessions, subscriptions and running requests of 2026-07-28. */
  close(): Promise<void>;
}

/**
 * Serves both eras from one factory: 2026-07-28 by `createMcpHandler`, with a fresh server for each request; the 2025 revisions with
 * sessions, a server for each. So servers can ask clients (sampling, elicitation, roots) in either era, and a broken stream goes on where
 * it broke, as far as the latest 256 events of its session reach.
 *
 * @throws {ConfigurationError} for limits that are no whole numbers above zero.
 */
export function statefulEndpoint(
  buildServer: McpServerFactory,
  options: StatefulOptions = {},
): StatefulEndpoint {
  const { maxSessions, maxSessionsPerOwner, idleMs, ...handler } = options;
  const { keepAliveMs, maxRequestBodySize, onerror } = handler;
  const modern = createMcpHandler(buildServer, { ...handler, legacy: 'reject' });
  const limits = { maxSessions, maxSessionsPerOwner, idleMs };
  const sessions = createSessionPool(limits, async ({ id, request, options, ended }) => {
    const { authInfo } = options;
    const server = await buildServer({ era: 'legacy', authInfo, requestInfo: request });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: createEventStore(),
      retryInterval: RETRY_MS,
      ...{ keepAliveMs, maxRequestBodySize },
    });
    transport.onclose = ended;
    transport.onerror = onerror;
    await server.connect(transport);
    return {
      handle: (next, given) => transport.handleRequest(next, given),
      close: () => server.close(),
    };
  });

  async function endpoint(...given: Parameters<McpEndpoint>): Promise<Response> {
    const [request, { parsedBody }] = given;
    const legacy = await isLegacyRequest(request, parsedBody);
    return legacy ? sessions.serve(...given) : modern.fetch(...given);
  }

  return Object.assign(endpoint, {
    notify: modern.notify,
    async close() {
      await Promise.all([modern.close(), sessions.close()]);
    },
  });
}
