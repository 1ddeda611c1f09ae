import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ProtectedHandler } from '../protect.js';
import { withoutReason } from './without-reason.js';

/**
 * A protected endpoint as Hono middleware, on any runtime. Paths that are not its own go on to `next`.
 *
 * What the endpoint throws reaches `app.onError` as an `HTTPException`, whose `cause` it is and which has the answer. Hono itself writes no
 * log line about one.
 *
 * Mount it before whatever reads bodies: what is read is gone, and then it was read before anybody looked at the token.
 *
 * @example
 * app.use(toHono(auth.protect(createMcpHandler(buildServer).fetch)));
 */
export function toHono(handler: ProtectedHandler): MiddlewareHandler {
  return async (c, next) => {
    const request = c.req.raw;
    if (!handler.answers(new URL(request.url).pathname)) return next();
    const thrown: unknown[] = [];
    const answer = await handler.handle(request, { onError: (error) => void thrown.push(error) });
    if (thrown.length === 0) return withoutReason(answer);
    throw new HTTPException(500, {
      res: answer,
      message: 'The MCP endpoint threw',
      cause: thrown[0],
    });
  };
}
