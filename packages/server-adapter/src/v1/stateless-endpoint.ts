import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { McpEndpoint } from '../endpoint.js';
import { untilEnd } from '../session/until-end.js';
import type { BuildServer } from './stateful-endpoint.js';

/**
 * Serves the 2025 revisions without sessions: one server for each request, closed when its answer is through or its client is gone. Such a
 * server cannot ask its clients anything. Goes behind `auth.protect(endpoint, { sdk: 'v1' })`.
 */
export function statelessEndpoint(buildServer: BuildServer): McpEndpoint {
  return async (request, options) => {
    const server = await buildServer();
    const transport = new WebStandardStreamableHTTPServerTransport({});
    const close = () => void server.close().catch(() => {});
    request.signal.addEventListener('abort', close, { once: true });
    await server.connect(transport);
    return untilEnd(await transport.handleRequest(request, options), close);
  };
}
