import type { RequestHandler } from 'express';
import { pathOf, toWebRequest } from '../node/to-web-request.js';
import { isHangUp, writeResponse } from '../node/write-response.js';
import type { ProtectedHandler } from '../protect.js';

/**
 * A protected endpoint as Express middleware. Paths that are not its own go on to `next`, and so does what the endpoint throws.
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
    handler(toWebRequest(request, response, { origin, target }), { parsedBody })
      .then((answer) => writeResponse(answer, response))
      .catch((error: unknown) => {
        if (!isHangUp(error, response)) next(error);
      });
  };
}
