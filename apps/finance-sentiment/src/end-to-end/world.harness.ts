import { createServer } from 'node:http';
import { type MemorySink, memorySink } from '@portcullis/core';
import {
  embeddedAccounts,
  type LocalProvider,
  type LocalProviderOptions,
  localProvider,
} from '@portcullis/provider-local';
import { toExpress } from '@portcullis/server-adapter/express';
import express, { type Express } from 'express';
import { listen, stop } from '../listening.js';
import { memoryStores } from '../memory-stores.harness.js';
import { isEmbeddedAdministrator } from '../owner.js';
import { protectMcp } from '../protected-mcp.js';
import { scopes } from '../scopes.js';
import { ada } from './signed-in.harness.js';

/** The finance server behind its gate, beside an issuer with options that the app does not set. For tests. */
export interface World {
  readonly origin: string;
  readonly resource: string;
  readonly provider: LocalProvider;
  /** What issuer and server did. */
  readonly audit: MemorySink;
  /** For further servers on the same origin. */
  readonly app: Express;
  close(): Promise<void>;
}

/** Starts both on a free port. Close it when the test is over. */
export async function startWorld(
  options: (origin: string) => Partial<LocalProviderOptions> = () => ({}),
): Promise<World> {
  const app = express();
  const server = createServer(app);
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const resource = `${origin}/mcp`;
  const { resources = [], ...more } = options(origin);
  const audit = memorySink();
  const provider = localProvider({
    issuer: origin,
    accounts: embeddedAccounts([ada]),
    resources: [{ resource, name: 'Finance', scopes }, ...resources],
    audit: [audit],
    ...more,
  });
  const stores = memoryStores();
  const mcp = protectMcp({
    resource,
    provider,
    stores,
    isAdministrator: isEmbeddedAdministrator,
    recent: audit,
  });
  app.use(toExpress(mcp.handler), provider.authorizationServer);
  return {
    origin,
    resource,
    provider,
    audit,
    app,
    async close() {
      await mcp.close();
      await stop(server, 0);
      await provider.close();
      stores.close();
    },
  };
}
