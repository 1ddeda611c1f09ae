import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AuditSink } from '@portcullis/core';
import { jsonlSink } from '@portcullis/core/node';
import { createSite, pageHeaders } from '@portcullis/provider-local/pages';
import type { Health } from '@portcullis/server-adapter';
import { about, look } from './about.js';
import { auditRoutes } from './audit-viewer/audit-routes.js';
import { auditStyle } from './audit-viewer/audit-style.js';
import { recentTrail } from './audit-viewer/audit-trail.js';
import type { Config } from './config.js';
import { homePage } from './home-page.js';
import { homeStyle } from './home-style.js';
import { host } from './host/express.js';
import type { Page } from './host/site.js';
import type { IdentitySetting } from './identity/identity.js';
import { openIdentity } from './identity/open-identity.js';
import { protectMcp } from './protected-mcp.js';
import { openStores } from './stores.js';
import { underName } from './under-name.js';

/** What a test or the tour adds to the app; `pnpm start` adds nothing. */
export interface AppExtras extends Pick<IdentitySetting, 'local' | 'pages'> {
  readonly audit?: readonly AuditSink[];
  /** Told what the operator should look at. Default: the standard error. */
  readonly report?: IdentitySetting['report'];
}

/** The MCP server, and with the embedded provider the authorization server too. */
export interface FinanceApp {
  readonly handle: RequestListener;
  readonly mcpUrl: string;
  /** Who signs people in, as published. */
  readonly issuer: string;
  /**
   * Asks the issuer once.
   *
   * @throws {ConfigurationError} when it contradicts our configuration.
   * @throws {ProviderUnavailableError} when it cannot be asked; the first token will ask again.
   */
  ready(): Promise<void>;
  /** Before a stop: ends the streams that wait for news, which would hold it up. Calls go on. */
  endSubscriptions(): Promise<void>;
  /** Ends open exchanges and closes the files. */
  close(): Promise<void>;
}

/**
 * Wires everything: the stores, who signs people in, the MCP server behind its gate, the front page. Asks nobody over the network.
 *
 * @throws {ConfigurationError} when a file cannot be opened or an option is wrong.
 */
export async function createFinanceApp(
  config: Config,
  extras: AppExtras = {},
): Promise<FinanceApp> {
  const opened: Close[] = [];
  const close = async () => {
    for (const each of opened.toReversed()) await each();
  };
  try {
    return { ...(await open(config, extras, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Close = () => void | Promise<void>;

/** @param opened - Takes how to close what was opened, also where the next step fails: in the order of opening. */
async function open(
  config: Config,
  extras: AppExtras,
  opened: Close[],
): Promise<Omit<FinanceApp, 'close'>> {
  const { publicUrl, dataDir, adminPassword } = config;
  const { audit: more = [], report = warn, local, pages = look } = extras;
  const resource = `${publicUrl}/mcp`;
  mkdirSync(dataDir, { recursive: true });
  // What cannot be recorded must not happen: whoever asks for a trail wants all of it.
  const { auditLog: path } = config;
  const log = path
    ? underName('AUDIT_LOG', () => jsonlSink({ path, onFailure: 'block' }))
    : undefined;
  if (log) opened.push(() => log.close());
  const recent = recentTrail(path);
  const audit = [...(log ? [log] : []), ...more];

  const stores = await openStores(config);
  opened.push(() => stores.close());
  const identity = await openIdentity(config.identity, {
    local,
    pages,
    report,
    publicUrl,
    dataDir,
    resource,
    audit: [recent, ...audit],
  });
  const { provider, proofs, isAdministrator, routes, connectedApps, ready, close } = identity;
  const mcp = protectMcp({ resource, provider, proofs, isAdministrator, stores, recent, audit });
  opened.push(...(close ? [close] : []), mcp.close);
  const [issuer = publicUrl] = provider.authorizationServers;

  const site = createSite({
    ...{ name: about.title, url: publicUrl, files: '/site', pages },
    style: `${homeStyle}${auditStyle}`,
  });
  const { frame } = site;
  const viewer = adminPassword
    ? auditRoutes({ frame, publicUrl, password: adminPassword, events: () => recent.events })
    : undefined;
  const handle = host({
    mcp: mcp.handler,
    pages: {
      '/': () => ({
        headers: pageHeaders,
        body: homePage({ frame, mcpUrl: resource, issuer, connectedApps }),
      }),
      ...Object.fromEntries(Object.entries(site.files).map(([path, file]) => [path, () => file])),
      '/health': () => healthPage(mcp.health().status),
    },
    routes: [...(viewer ? [viewer] : []), ...(routes ? [routes] : [])],
  });

  return {
    handle,
    mcpUrl: resource,
    issuer,
    ready: async () => ready?.(),
    endSubscriptions: mcp.endSubscriptions,
  };
}

const warn = (message: string) => console.warn(`Warning: ${message}`);

/** A word alone: strangers can ask as well. */
function healthPage(status: Health['status']): Page {
  return {
    status: status === 'failing' ? 503 : 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify({ status }),
  };
}
