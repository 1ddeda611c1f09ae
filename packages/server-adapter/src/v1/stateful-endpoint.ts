import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { McpEndpoint } from '../endpoint.js';
import { createEventStore, RETRY_MS } from '../session/event-store.js';
import { createSessionPool, type SessionLimits } from '../session/session-pool.js';

/** Builds a server with its tools, not connected to anything yet. */
export type BuildServer = () => McpServer | Server | Promise<McpServer | Server>;

/** An endpoint that keeps sessions: `auth.protect(endpoint, { sdk: 'v1', sessions: true })`. */
export interface StatefulEndpoint extends McpEndpoint {
  /** Ends all sessions. */
  close(): Promise<void>;
}

/**
 * Serves the 2025 revisions with sessions, a server for each. So servers can ask clients (sampling, elicitation, roots), and a broken
 * stream goes on where it broke, as far as the latest 256 events of its session reach.
 *
 * @throws {ConfigurationError} for limits that are no whole numbers above zero.
 */
export function statefulEndpoint(
  buildServer: BuildServer,
  limits: SessionLimits = {},
): StatefulEndpoint {
  const sessions = createSessionPool(limits, async ({ id, ended }) => {
    const server = await buildServer();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: createEventStore(),
      retryInterval: RETRY_MS,
    });
    transport.onclose = ended;
    await server.connect(transport);
    return {
      handle: (request, options) => transport.handleRequest(request, options),
      close: () => server.close(),
    };
  });
  const endpoint: McpEndpoint = (request, options) => sessions.serve(request, options);
  return Object.assign(endpoint, { close: () => sessions.close() });
}
