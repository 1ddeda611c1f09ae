import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditSink, memorySink } from '@portcullis/core';
import { jsonlSink } from '@portcullis/core/node';
import {
  embeddedAccounts,
  type LocalProviderOptions,
  localProvider,
  sqliteStore,
} from '@portcullis/provider-local';
import express, { type ErrorRequestHandler } from 'express';
import type { Config } from './config.js';
import { homePage, homePageHeaders } from './home-page.js';
import { HOME_STYLE_PATH, homeStyle } from './home-style.js';
import { ADMIN_SCOPES, ADMIN_USER } from './owner.js';
import { protectMcp } from './protected-mcp.js';
import { baseline, scopes } from './scopes.js';
import { openStores } from './stores.js';
import { underName } from './under-name.js';

/** What a test or the tour adds to the app; `pnpm start` adds nothing. */
export interface AppExtras
  extends Pick<LocalProviderOptions, 'clients' | 'resources' | 'dangerouslyMapClientDocuments'> {
  readonly audit?: readonly AuditSink[];
}

/** MCP server and authorization server in one Express app. */
export interface FinanceApp {
  readonly handle: express.Express;
  readonly mcpUrl: string;
  /** Ends open exchanges and closes the files. */
  close(): Promise<void>;
}

/**
 * Wires everything: the stores, the issuer, the MCP server behind its gate, the front page.
 *
 * @throws {ConfigurationError} when a file cannot be opened or an option is wrong.
 */
export function createFinanceApp(config: Config, extras: Partial<AppExtras> = {}): FinanceApp {
  const { publicUrl, dataDir } = config;
  const { clients = [], resources = [], dangerouslyMapClientDocuments } = extras;
  const resource = `${publicUrl}/mcp`;
  mkdirSync(dataDir, { recursive: true });
  // What cannot be recorded must not happen: whoever asks for a trail wants all of it.
  const { auditLog: path } = config;
  const log = path
    ? underName('AUDIT_LOG', () => jsonlSink({ path, onFailure: 'block' }))
    : undefined;
  const recent = memorySink();
  const audit = [...(log ? [log] : []), ...(extras.audit ?? [])];

  const stores = openStores(config);
  const provider = localProvider({
    issuer: publicUrl,
    resources: [{ resource, name: 'Finance Sentiment', scopes, baseline }, ...resources],
    accounts: embeddedAccounts(people(config)),
    store: underName(
      'DATA_DIR',
      () => sqliteStore({ path: join(dataDir, 'issuer.sqlite') }),
      'Stop the program that holds the file or move it away, or set DATA_DIR to another folder.',
    ),
    clients: [
      {
        clientId: 'nightly-report',
        name: 'Nightly report',
        grantTypes: ['client_credentials'],
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'client_secret_basic', secret: config.machineSecret },
      },
      ...clients,
    ],
    dynamicRegistration: config.dynamicRegistration,
    dangerouslyMapClientDocuments,
    audit: [recent, ...audit],
  });
  const mcp = protectMcp({ resource, provider, stores, recent, audit });

  const app = express();
  app.disable('x-powered-by');
  app.use(mcp.handle);
  app.get('/', (_request, response) => {
    response.set(homePageHeaders).send(homePage(resource));
  });
  app.get(HOME_STYLE_PATH, (_request, response) => {
    response.set('x-content-type-options', 'nosniff').type('css').send(homeStyle);
  });
  app.use(provider.authorizationServer);
  app.use(failed);

  return {
    handle: app,
    mcpUrl: resource,
    async close() {
      await mcp.close();
      await provider.close();
      stores.close();
      await log?.close();
    },
  };
}

/** A defect of ours. Express would show its stack to the caller. */
const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  console.error('A request failed:', error);
  if (response.headersSent) next(error);
  else response.status(500).json({ error: 'server_error' });
};

/** The demo user may allow everything but what is the administrator's; the issuer keeps to that, and so does the policy. */
function people({ demoUser, demoPassword, adminPassword }: Config) {
  const ordinary = scopes.names.filter((scope) => !ADMIN_SCOPES.includes(scope));
  return [
    { username: demoUser, password: demoPassword, scopes: ordinary },
    ...(adminPassword ? [{ username: ADMIN_USER, password: adminPassword }] : []),
  ];
}
