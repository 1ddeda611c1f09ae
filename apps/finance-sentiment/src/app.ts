import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AuditSink } from '@portcullis/core';
import { jsonlSink } from '@portcullis/core/node';
import type { Health } from '@portcullis/server-adapter';
import { auditRoutes } from './audit-viewer/audit-routes.js';
import { recentTrail } from './audit-viewer/audit-trail.js';
import type { Config } from './config.js';
import { homePage, homePageHeaders } from './home-page.js';
import { HOME_STYLE_PATH, homeStyle } from './home-style.js';
import { host } from './host/express.js';
import type { Page } from './host/site.js';
import type { IdentitySetting } from './identity/identity.js';
import { openIdentity } from './identity/open-identity.js';
import { protectMcp } from './protected-mcp.js';
import { openStores } from './stores.js';
import { underName } from './under-name.js';

/** What a test or the tour adds to the app; `pnpm start` adds nothing. */
export interface AppExtras extends Pick<IdentitySetting, 'local'> {
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
  const { publicUrl, dataDir, adminPassword } = config;
  const { audit: more = [], report = warn, local } = extras;
  const resource = `${publicUrl}/mcp`;
  mkdirSync(dataDir, { recursive: true });
  // What cannot be recorded must not happen: whoever asks for a trail wants all of it.
  const { auditLog: path } = config;
  const log = path
    ? underName('AUDIT_LOG', () => jsonlSink({ path, onFailure: 'block' }))
    : undefined;
  const recent = recentTrail(path);
  const audit = [...(log ? [log] : []), ...more];

  const stores = await openStores(config);
  const identity = await openIdentity(config.identity, {
    local,
    report,
    publicUrl,
    dataDir,
    resource,
    audit: [recent, ...audit],
  });
  const { provider, proofs, isAdministrator, routes, ready, close } = identity;
  const mcp = protectMcp({ resource, provider, proofs, isAdministrator, stores, recent, audit });
  const [issuer = publicUrl] = provider.authorizationServers;

  const viewer = adminPassword
    ? auditRoutes({ publicUrl, password: adminPassword, events: () => recent.events })
    : undefined;
  const handle = host({
    mcp: mcp.handler,
    pages: {
      '/': () => ({ headers: homePageHeaders, body: homePage(resource, issuer) }),
      [HOME_STYLE_PATH]: () => ({ headers: homeStyleHeaders, body: homeStyle }),
      '/health': () => healthPage(mcp.health().status),
    },
    routes: [...(viewer ? [viewer] : []), ...(routes ? [routes] : [])],
  });

  return {
    handle,
    mcpUrl: resource,
    issuer,
    ready: async () => ready?.(),
    async close() {
      await mcp.close();
      await close?.();
      stores.close();
      await log?.close();
    },
  };
}

const warn = (message: string) => console.warn(`Warning: ${message}`);

const homeStyleHeaders = {
  'content-type': 'text/css; charset=utf-8',
  'x-content-type-options': 'nosniff',
};

/** A word alone: strangers can ask as well. */
function healthPage(status: Health['status']): Page {
  return {
    status: status === 'failing' ? 503 : 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify({ status }),
  };
}
