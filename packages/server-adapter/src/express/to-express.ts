import { finished } from 'node:stream';
import type { RequestHandler } from 'express';
import { pathOf, toWebRequest } from '../node/to-web-request.js';
import { isHangUp, writeResponse } from '../node/write-response.js';
import type { ProtectedHandler } from '../protect.js';

/**
 * A protected endpoint as Express middleware. Paths that are not its own go on to `next`.
 *
 * What the endpoint throws goes to `next` as well, once its answer has gone out: an error handler is told, and passes on what it can no longer
 * answer, as Express asks (`if (response.headersSent) return next(error)`).
 *
 * A body that `express.json()` has parsed before is taken as it is, but then it was parsed before anybody looked at the token:
 * mount this first.
 *
 * @example
 * app.use(toExpress(auth.protect(createMcpHandler(buildServer).fetch)));
 */
export function toExpress(handler: ProtectedHandler): RequestHandler {
  const { origin } = new URL(handler.resource);
  return (request, response, next) => {
    const target = pathOf(request.originalUrl);
    const [path = ''] = target.split('?');
    if (!handler.answers(path)) {
      next();
      return;
    }
    const parsedBody: unknown = request.body;
    const onError = (error: unknown) => finished(response, () => next(error));
    handler
      .handle(toWebRequest(request, response, { origin, target }), { parsedBody, onError })
      .then((answer) => writeResponse(answer, response))
      .catch((error: unknown) => {
        if (!isHangUp(error, response)) next(error);
      });
  };
}
