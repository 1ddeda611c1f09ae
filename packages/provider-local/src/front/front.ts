import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthError } from '@portcullis/core';
import type { Engine } from '../engine/engine.js';
import { allowAnyOrigin, sendJson, sendPage, sendWithoutBody } from './answers.js';
import type { Exchange, Front } from './exchange.js';
import { findRoute, type Route, routes, type Verb } from './routes.js';

/** What the front is made of. */
export interface FrontTools extends Omit<Front, 'engine'> {
  /** The engine, started at the first request that needs it. */
  engine(): Promise<Engine>;
}

/** Express middleware and a listener of `node:http` in one. */
export type FrontHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** Builds the one door of the authorization server. */
export function createFront(tools: FrontTools): FrontHandler {
  const { settings, pages } = tools;
  const table = routes(settings, pages.files);

  return (request, response, next) => {
    const { originalUrl } = request as IncomingMessage & { readonly originalUrl?: string };
    // The origin is the issuer's; of the request only path and query count.
    const url = URL.parse(`${settings.origin}${originalUrl ?? request.url ?? '/'}`);
    const found = url && findRoute(table, url.pathname);
    if (!url || !found) {
      if (next) return next();
      return sendJson(response, 404, { error: 'not_found' });
    }
    const exchange = { request, response, url, requestId: randomUUID() };
    answer(exchange, found.route, found.id).catch((error: unknown) => fail(exchange, error));
  };

  async function answer(exchange: Exchange, route: Route, id: string): Promise<void> {
    const { request, response } = exchange;
    const { methods, open } = route;
    const allow = [...Object.keys(methods), ...(open ? ['OPTIONS'] : [])];
    if (request.method === 'OPTIONS' && open) {
      return sendWithoutBody(response, 204, {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': allow.join(', '),
        'access-control-allow-headers': `Authorization, Content-Type, MCP-Protocol-Version${settings.dpop ? ', DPoP' : ''}`,
        'access-control-max-age': '86400',
      });
    }
    const verb = request.method ?? '';
    const handler = Object.hasOwn(methods, verb) ? methods[verb as Verb] : undefined;
    if (!handler) return sendWithoutBody(response, 405, { allow: allow.join(', ') });
    if (open) allowAnyOrigin(response, settings);
    await handler({ ...tools, engine: await tools.engine() }, exchange, id);
  }

  /** Nobody could answer: an outage is no verdict on the request. */
  function fail({ request, response, requestId }: Exchange, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const outage = AuthError.isInstance(error) && error.code !== 'CONFIGURATION_INVALID';
    const { status, page } = pages.error(outage ? 'unavailable' : 'failed', requestId);
    if (outage) response.setHeader('retry-after', '5');
    if (request.headers.accept?.includes('text/html')) sendPage(response, status, page);
    else sendJson(response, status, { error: outage ? 'temporarily_unavailable' : 'server_error' });
  }
}
