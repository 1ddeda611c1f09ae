import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthError } from '@portcullis/core';
import { SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import type { RemoveRegistration } from '../clients/remove-registration.js';
import type { Engine } from '../engine/engine.js';
import { enginePaths } from '../engine/engine-configuration.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { IssuerKeys } from '../keys/issuer-keys.js';
import type { Settings } from '../settings.js';
import { allowAnyOrigin, sendJson, sendPage, sendWithoutBody } from './answers.js';
import { answerAuthorization } from './authorize.js';
import { answerConnectedApps, showConnectedApps } from './connected-apps.js';
import { CONNECTED_APPS } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { answerForm } from './form-endpoints.js';
import { answerInteraction, showInteraction } from './interaction.js';
import { metadataPaths, openidMetadata, serverMetadata } from './metadata.js';
import { type Pages, STYLESHEET_PATH } from './pages.js';
import { answerRegistration } from './registration.js';
import {
  deleteRegistration,
  readRegistration,
  replaceRegistration,
} from './registration-management.js';
import { UPSTREAM_CALLBACK } from './sign-in-elsewhere.js';
import { answerUpstream } from './upstream-callback.js';
import { answerUpstreamLogout, UPSTREAM_LOGOUT } from './upstream-logout.js';

/** What the front is made of. */
export interface FrontTools {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  readonly pages: Pages;
  readonly keys: IssuerKeys;
  /** The engine, started at the first request that needs it. */
  engine(): Promise<Engine>;
  readonly removeRegistration: RemoveRegistration;
  readonly revoke: Front['revoke'];
}

/** Express middleware and a listener of `node:http` in one. */
export type FrontHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

type Handler = (front: Front, exchange: Exchange, uid: string) => void | Promise<void>;

type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Route {
  readonly path: RegExp | string;
  readonly methods: Readonly<Partial<Record<Verb, Handler>>>;
  /** Whether scripts of any origin may call it. */
  readonly open: boolean;
}

/** Every path of the authorization server. What is not here is not answered, whatever the engine may know. */
function routes(settings: Settings): readonly Route[] {
  const { basePath, dynamicRegistration, upstream } = settings;
  const { oauth, openid } = metadataPaths(settings);
  const at = (path: string) => `${basePath}${path}`;
  const interaction = `${escapeRegExp(at(enginePaths.authorization))}/([A-Za-z0-9_-]{10,64})/interaction`;
  const document = (body: object): Route['methods'] => ({
    GET: (_front, { response }) => sendJson(response, 200, body, 'public, max-age=300'),
  });
  return [
    { path: oauth, open: true, methods: document(serverMetadata(settings)) },
    ...openid.map((path) => ({ path, open: true, methods: document(openidMetadata(settings)) })),
    {
      path: at('/jwks'),
      open: true,
      methods: {
        GET: async ({ keys }, { response }) =>
          sendJson(response, 200, await keys.published(), 'public, max-age=300'),
      },
    },
    {
      path: at(enginePaths.authorization),
      open: false,
      methods: { GET: answerAuthorization },
    },
    {
      path: new RegExp(`^${interaction}$`),
      open: false,
      methods: {
        GET: showInteraction,
        POST: (front, exchange, uid) => answerInteraction(front, exchange, uid, 'form'),
      },
    },
    {
      path: new RegExp(`^${interaction}/switch-account$`),
      open: false,
      methods: {
        POST: (front, exchange, uid) => answerInteraction(front, exchange, uid, 'switch_account'),
      },
    },
    {
      path: at(enginePaths.token),
      open: true,
      methods: { POST: (front, exchange) => answerForm(front, exchange, enginePaths.token) },
    },
    {
      path: at(enginePaths.revocation),
      open: true,
      methods: { POST: (front, exchange) => answerForm(front, exchange, enginePaths.revocation) },
    },
    ...(settings.pushedAuthorizationRequests
      ? [
          {
            path: at(enginePaths.pushed_authorization_request),
            open: true,
            methods: {
              POST: (front: Front, exchange: Exchange) =>
                answerForm(front, exchange, enginePaths.pushed_authorization_request),
            },
          },
        ]
      : []),
    ...(settings.introspectors.size > 0
      ? [
          {
            path: at(enginePaths.introspection),
            // Who asks holds a secret, which no page of a browser does.
            open: false,
            methods: {
              POST: (front: Front, exchange: Exchange) =>
                answerForm(front, exchange, enginePaths.introspection),
            },
          },
        ]
      : []),
    ...(dynamicRegistration
      ? [
          { path: at(enginePaths.registration), open: true, methods: { POST: answerRegistration } },
          {
            path: new RegExp(
              `^${escapeRegExp(at(enginePaths.registration))}/(${SELF_REGISTERED_PREFIX}[\\w-]{22})$`,
            ),
            open: true,
            methods: {
              GET: readRegistration,
              PUT: replaceRegistration,
              DELETE: deleteRegistration,
            },
          },
        ]
      : []),
    ...(upstream
      ? [
          {
            path: at(UPSTREAM_CALLBACK),
            open: false,
            methods: {
              GET: (front: Front, exchange: Exchange) => answerUpstream(front, exchange, upstream),
            },
          },
          {
            path: at(UPSTREAM_LOGOUT),
            open: false,
            methods: {
              POST: (front: Front, exchange: Exchange) =>
                answerUpstreamLogout(front, exchange, upstream),
            },
          },
        ]
      : []),
    { path: at(CONNECTED_APPS), open: false, methods: { GET: showConnectedApps } },
    ...(['sign-in', 'remove', 'sign-out'] as const).map((form) => ({
      path: at(`${CONNECTED_APPS}/${form}`),
      open: false,
      methods: {
        POST: (front: Front, exchange: Exchange) => answerConnectedApps(front, exchange, form),
      },
    })),
    { path: at(STYLESHEET_PATH), open: false, methods: { GET: sendStylesheet } },
  ];
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Builds the one door of the authorization server. */
export function createFront(tools: FrontTools): FrontHandler {
  const { settings, audit, pages, keys, removeRegistration, revoke } = tools;
  const table = routes(settings);

  return (request, response, next) => {
    const { originalUrl } = request as IncomingMessage & { readonly originalUrl?: string };
    // The origin is the issuer's; of the request only path and query count.
    const url = URL.parse(`${settings.origin}${originalUrl ?? request.url ?? '/'}`);
    const found = url && match(table, url.pathname);
    if (!url || !found) {
      if (next) return next();
      return sendJson(response, 404, { error: 'not_found' });
    }
    const exchange = { request, response, url, requestId: randomUUID() };
    answer(exchange, found.route, found.uid).catch((error: unknown) => fail(exchange, error));
  };

  async function answer(exchange: Exchange, route: Route, uid: string): Promise<void> {
    const { request, response } = exchange;
    const { methods, open } = route;
    const allow = [
      ...Object.keys(methods),
      ...(methods.GET ? ['HEAD'] : []),
      ...(open ? ['OPTIONS'] : []),
    ];
    if (request.method === 'OPTIONS' && open) {
      return sendWithoutBody(response, 204, {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': allow.join(', '),
        'access-control-allow-headers': `Authorization, Content-Type, MCP-Protocol-Version${settings.dpop ? ', DPoP' : ''}`,
        'access-control-max-age': '86400',
      });
    }
    const verb = request.method === 'HEAD' ? 'GET' : request.method;
    const handler = Object.hasOwn(methods, verb ?? '') ? methods[verb as Verb] : undefined;
    if (!handler) return sendWithoutBody(response, 405, { allow: allow.join(', ') });
    if (open) allowAnyOrigin(response, settings);
    const engine = await tools.engine();
    await handler(
      { settings, audit, pages, keys, engine, removeRegistration, revoke },
      exchange,
      uid,
    );
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

function match(
  table: readonly Route[],
  pathname: string,
): { readonly route: Route; readonly uid: string } | undefined {
  for (const route of table) {
    if (typeof route.path === 'string') {
      if (route.path === pathname) return { route, uid: '' };
      continue;
    }
    const uid = route.path.exec(pathname)?.[1];
    if (uid !== undefined) return { route, uid };
  }
  return undefined;
}

function sendStylesheet({ pages }: Front, { response }: Exchange): void {
  response.setHeader('content-type', 'text/css; charset=utf-8');
  response.setHeader('cache-control', 'public, max-age=3600');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(pages.stylesheet);
}
