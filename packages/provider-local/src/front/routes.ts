import { SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import { enginePaths } from '../engine/engine-configuration.js';
import type { Site } from '../pages/site.js';
import type { Settings } from '../settings.js';
import { sendJson } from './answers.js';
import { answerAuthorization } from './authorize.js';
import { answerConnectedApps, showConnectedApps } from './connected-apps.js';
import { CONNECTED_APPS } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { answerForm } from './form-endpoints.js';
import { answerInteraction, showInteraction } from './interaction.js';
import { metadataPaths, openidMetadata, serverMetadata } from './metadata.js';
import { answerRegistration } from './registration.js';
import {
  deleteRegistration,
  readRegistration,
  replaceRegistration,
} from './registration-management.js';
import { UPSTREAM_CALLBACK } from './sign-in-elsewhere.js';
import { answerUpstream } from './upstream-callback.js';
import { answerUpstreamLogout, UPSTREAM_LOGOUT } from './upstream-logout.js';

/** Answers one request. `id` is the part of the path that differs. */
type Handler = (front: Front, exchange: Exchange, id: string) => void | Promise<void>;

/** What is answered besides OPTIONS, which follows from `open`. */
export type Verb = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** One path, or one shape of paths. */
export interface Route {
  /** Whole; the first group of an expression is the `id`. */
  readonly path: RegExp | string;
  readonly methods: Readonly<Partial<Record<Verb, Handler>>>;
  /** Whether scripts of any origin may call it. */
  readonly open: boolean;
}

/** What only tells. A GET of a page starts something or uses it up: a program that looks at a link first must not (RFC 9110 §9.2.1). */
const telling = (handler: Handler): Route['methods'] => ({ GET: handler, HEAD: handler });

/**
 * Every path of the authorization server. What is not here is not answered, whatever the engine may know.
 *
 * @param files - What the pages link to.
 */
export function routes(settings: Settings, files: Site['files']): readonly Route[] {
  return [
    ...discovery(settings),
    ...authorization(settings),
    ...tokens(settings),
    ...(settings.dynamicRegistration ? registration(settings) : []),
    ...signInElsewhere(settings),
    ...connectedApps(settings),
    ...Object.entries(files).map(([path, { headers, body }]) => ({
      path,
      open: false,
      methods: telling(
        (_, { response }) => void response.setHeaders(new Headers(headers)).end(body),
      ),
    })),
  ];
}

function discovery(settings: Settings): readonly Route[] {
  const { oauth, openid } = metadataPaths(settings);
  const document = (path: string, body: object): Route => ({
    path,
    open: true,
    methods: telling((_, { response }) => sendJson(response, 200, body, 'public, max-age=300')),
  });
  return [
    document(oauth, serverMetadata(settings)),
    ...openid.map((path) => document(path, openidMetadata(settings))),
    {
      path: `${settings.basePath}/jwks`,
      open: true,
      methods: telling(async ({ keys }, { response }) =>
        sendJson(response, 200, await keys.published(), 'public, max-age=300'),
      ),
    },
  ];
}

function authorization({ basePath }: Settings): readonly Route[] {
  const path = `${basePath}${enginePaths.authorization}`;
  const interaction = `^${escapeRegExp(path)}/([A-Za-z0-9_-]{10,64})/interaction`;
  return [
    { path, open: false, methods: { GET: answerAuthorization } },
    {
      path: new RegExp(`${interaction}$`),
      open: false,
      methods: {
        GET: showInteraction,
        POST: (front, exchange, uid) => answerInteraction(front, exchange, uid, 'form'),
      },
    },
    {
      path: new RegExp(`${interaction}/switch-account$`),
      open: false,
      methods: {
        POST: (front, exchange, uid) => answerInteraction(front, exchange, uid, 'switch_account'),
      },
    },
  ];
}

function tokens(settings: Settings): readonly Route[] {
  const form = (target: string, open = true): Route => ({
    path: `${settings.basePath}${target}`,
    open,
    methods: { POST: (front, exchange) => answerForm(front, exchange, target) },
  });
  return [
    form(enginePaths.token),
    form(enginePaths.revocation),
    ...(settings.pushedAuthorizationRequests
      ? [form(enginePaths.pushed_authorization_request)]
      : []),
    // Who asks there holds a secret, which no page of a browser does.
    ...(settings.introspectors.size > 0 ? [form(enginePaths.introspection, false)] : []),
  ];
}

function registration({ basePath }: Settings): readonly Route[] {
  const path = `${basePath}${enginePaths.registration}`;
  return [
    { path, open: true, methods: { POST: answerRegistration } },
    {
      path: new RegExp(`^${escapeRegExp(path)}/(${SELF_REGISTERED_PREFIX}[\\w-]{22})$`),
      open: true,
      methods: {
        ...telling(readRegistration),
        PUT: replaceRegistration,
        DELETE: deleteRegistration,
      },
    },
  ];
}

function signInElsewhere({ basePath, upstream }: Settings): readonly Route[] {
  if (!upstream) return [];
  return [
    {
      path: `${basePath}${UPSTREAM_CALLBACK}`,
      open: false,
      methods: { GET: (front, exchange) => answerUpstream(front, exchange, upstream) },
    },
    {
      path: `${basePath}${UPSTREAM_LOGOUT}`,
      open: false,
      methods: { POST: (front, exchange) => answerUpstreamLogout(front, exchange, upstream) },
    },
  ];
}

function connectedApps({ basePath }: Settings): readonly Route[] {
  const path = `${basePath}${CONNECTED_APPS}`;
  const form = (what: 'sign-in' | 'remove' | 'sign-out'): Route => ({
    path: `${path}/${what}`,
    open: false,
    methods: { POST: (front, exchange) => answerConnectedApps(front, exchange, what) },
  });
  return [
    { path, open: false, methods: { GET: showConnectedApps } },
    form('sign-in'),
    form('remove'),
    form('sign-out'),
  ];
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The route of a path, and its `id` where it has one. */
export function findRoute(
  table: readonly Route[],
  pathname: string,
): { readonly route: Route; readonly id: string } | undefined {
  for (const route of table) {
    if (typeof route.path === 'string') {
      if (route.path === pathname) return { route, id: '' };
      continue;
    }
    const id = route.path.exec(pathname)?.[1];
    if (id !== undefined) return { route, id };
  }
  return undefined;
}
