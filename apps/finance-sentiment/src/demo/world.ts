import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemorySink, memorySink } from '@portcullis/core';
import { createFinanceApp, type FinanceApp } from '../app.js';
import { readConfig } from '../config.js';
import type { IdentityName } from '../identity/identity-config.js';
import { listen, stop } from '../listening.js';
import { startVendor } from './start-vendor.js';
import type { Vendor } from './vendor.js';

/** Real servers on free loopback ports. */
export interface World {
  /** Where the MCP server lives. */
  readonly origin: string;
  readonly mcpUrl: string;
  /** Who signs Ada in. */
  readonly vendor: Vendor;
  readonly audit: MemorySink;
  close(): Promise<void>;
}

/**
 * Builds the world: the same app as `pnpm start`, with a temporary store, started by the variables of one provider.
 *
 * @param told.onDocumentRead - Told when the provider fetches the app's document.
 * @param told.report - Told what the operator of the server is told.
 */
export async function createWorld(
  name: IdentityName,
  told: {
    readonly onDocumentRead: (url: string) => void;
    readonly report: (message: string) => void;
  },
): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'finance-sentiment-tour-'));
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true });
  // Also when Ctrl+C ends the tour before anybody closes the world.
  process.once('exit', removeFolder);
  const server = createServer();
  let vendor: Vendor | undefined;
  let app: FinanceApp | undefined;
  async function close(): Promise<void> {
    await stop(server, 500);
    await app?.close();
    await vendor?.close();
    process.off('exit', removeFolder);
    removeFolder();
  }

  try {
    const port = await listen(server, 0, '127.0.0.1');
    const origin = `http://127.0.0.1:${port}`;
    vendor = await startVendor(name, { ...told, origin, mcpUrl: `${origin}/mcp` });
    const config = await readConfig({ ...vendor.variables, PORT: String(port), DATA_DIR: dataDir });
    const audit = memorySink();
    app = await createFinanceApp(config, { ...told, local: vendor.local, audit: [audit] });
    server.on('request', app.handle);
    await app.ready();
    return { origin, mcpUrl: app.mcpUrl, vendor, audit, close };
  } catch (error) {
    await close();
    throw error;
  }
}
