import type { RequestListener } from 'node:http';
import { toConsole } from '../http/internal-error.js';
import type { ProtectedHandler } from '../protect.js';
import { toWebRequest } from './to-web-request.js';
import { isHangUp, writeResponse } from './write-response.js';

/** How {@link toNodeListener} behaves where the handler cannot answer. */
export interface NodeListenerOptions {
  /** Told of what the endpoint threw, and of an answer that broke off. Default: `console.error`. */
  readonly onError?: (error: unknown) => void;
}

/**
 * A protected endpoint as a listener for `http.createServer`. Any other path is 404.
 *
 * @example
 * http.createServer(toNodeListener(auth.protect(endpoint))).listen(3000, '127.0.0.1');
 */
export function toNodeListener(
  handler: ProtectedHandler,
  options: NodeListenerOptions = {},
): RequestListener {
  const { onError = toConsole } = options;
  const { origin } = new URL(handler.resource);
  return async (request, response) => {
    try {
      const answer = await handler.handle(toWebRequest(request, response, { origin }), { onError });
      await writeResponse(answer, response);
    } catch (error) {
      if (isHangUp(error, response)) return;
      onError(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  };
}
