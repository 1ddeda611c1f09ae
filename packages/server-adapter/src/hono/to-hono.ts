import type { MiddlewareHandler } from 'hono';
import { toConsole } from '../http/internal-error.js';
import type { ProtectedHandler } from '../protect.js';
import { withoutReason } from './without-reason.js';

/** How {@link toHono} behaves where the endpoint throws. */
export interface HonoOptions {
  /** Told of what the endpoint threw. Default: `console.error`. */
  readonly onError?: (error: Error) => void;
}

/**
 * A protected endpoint as Hono middleware, on any runtime. Paths that are not its own go on to `next`.
 *
 * What the endpoint throws is `c.error` for the middleware around it as well. `app.onError` is not asked: the answer to it is a message of MCP,
 * and Hono writes no log line about an exception that has its answer.
 *
 * Mount it before whatever reads bodies: what is read is gone, and then it was read before anybody looked at the token.
 *
 * @example
 * app.use(toHono(auth.protect(createMcpHandler(buildServer).fetch)));
 */
export function toHono(handler: ProtectedHandler, options: HonoOptions = {}): MiddlewareHandler {
  const { onError = toConsole } = options;
  return async (c, next) => {
    const request = c.req.raw;
    if (!handler.answers(new URL(request.url).pathname)) return next();
    const answer = await handler.handle(request, {
      onError(error) {
        c.error = error;
        onError(error);
      },
    });
    return withoutReason(answer);
  };
}
