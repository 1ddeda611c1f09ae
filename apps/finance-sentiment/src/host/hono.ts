import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { toHono } from '@portcullis/server-adapter/hono';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Host, Routes } from './site.js';

interface Env {
  readonly Bindings: HttpBindings;
}

/** The site as a Hono app. Routes and middleware of your own go here. */
export const host: Host = ({ mcp, pages, routes }) => {
  const app = new Hono<Env>();
  // First: whatever reads bodies would read them before anybody looked at the token.
  app.use(toHono(mcp, { onError: tell }));
  for (const [path, page] of Object.entries(pages)) {
    app.get(path, () => {
      const { status = 200, headers, body } = page();
      return new Response(body, { status, headers });
    });
  }
  for (const each of routes) app.use(ofNode(each));
  app.onError((error) => {
    tell(error);
    return Response.json({ error: 'server_error' }, { status: 500 });
  });
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
};

function tell(error: Error): void {
  console.error('A request failed:', error);
}

/** What speaks Node, as the embedded issuer does, is given Node's request and response. */
function ofNode(routes: Routes): MiddlewareHandler<Env> {
  return async ({ env: { incoming, outgoing } }, next) => {
    const isHandedOn = await new Promise<boolean>((resolve, reject) => {
      outgoing.once('close', () => resolve(false));
      routes(incoming, outgoing, (error) => (error ? reject(error) : resolve(true)));
    });
    if (isHandedOn) return next();
    return RESPONSE_ALREADY_SENT;
  };
}
