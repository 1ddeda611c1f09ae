import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemorySink, memorySink } from '@portcullis/core';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { createFinanceApp, type FinanceApp } from '../app.js';
import { readConfig } from '../config.js';
import { listen, stop } from '../listening.js';
import { scopes } from '../scopes.js';

/** Real servers on free loopback ports, and what the people and programs of the tour bring along. */
export interface World {
  /** Where MCP server and authorization server live. */
  readonly origin: string;
  readonly mcpUrl: string;
  /** A second server that trusts the same issuer. It never runs: only its name matters. */
  readonly otherResource: string;
  readonly person: { readonly username: string; readonly password: string };
  /** The app's client id: the https address of its document. */
  readonly clientDocumentUrl: string;
  /** Where browsers are sent back to. Nothing listens there: the tour reads the address. */
  readonly redirectUrl: string;
  readonly machine: { readonly clientId: string; readonly privateKey: JWK };
  readonly audit: MemorySink;
  close(): Promise<void>;
}

/** The host of the app's document. Invented: for the tour it is mapped to a loopback port. */
const CLIENT_HOST = 'https://briefing-app.example';

const REDIRECT = 'http://127.0.0.1:33418/callback';

const MACHINE = 'tour-machine';

/** How the app describes itself (CIMD): the document that its client id leads to. */
const clientDocument = {
  client_id: `${CLIENT_HOST}/client.json`,
  client_name: 'Morning Briefing',
  client_uri: CLIENT_HOST,
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/**
 * Builds the world: the same app as `pnpm start`, with a temporary store, one more resource and a machine client that proves
 * itself by a key.
 *
 * @param onDocumentRead - Told when the authorization server fetches the app's document.
 */
export async function createWorld(onDocumentRead: (url: string) => void): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'finance-sentiment-tour-'));
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true });
  // Also when Ctrl+C ends the tour before anybody closes the world.
  process.once('exit', removeFolder);
  const server = createServer();
  const documents = createServer((request, response) => {
    onDocumentRead(CLIENT_HOST + (request.url ?? ''));
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(clientDocument));
  });
  let app: FinanceApp | undefined;
  async function close(): Promise<void> {
    await Promise.all([stop(server, 500), stop(documents, 0)]);
    await app?.close();
    process.off('exit', removeFolder);
    removeFolder();
  }

  try {
    const documentsPort = await listen(documents, 0, '127.0.0.1');
    const port = await listen(server, 0, '127.0.0.1');
    const config = readConfig({ PORT: String(port), DATA_DIR: dataDir });
    const otherResource = `${config.publicUrl}/archive`;
    const audit = memorySink();
    const keys = await generateKeyPair('ES256', { extractable: true });
    const key = { kid: 'tour', alg: 'ES256' };
    app = createFinanceApp(config, {
      audit: [audit],
      resources: [{ resource: otherResource, name: 'Archive', scopes }],
      clients: [
        {
          clientId: MACHINE,
          name: 'Tour machine',
          grantTypes: ['client_credentials'],
          scopes: ['mcp:exec:workflows:*'],
          authentication: {
            method: 'private_key_jwt',
            jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), ...key, use: 'sig' }] },
          },
        },
      ],
      dangerouslyMapClientDocuments: { [CLIENT_HOST]: `http://127.0.0.1:${documentsPort}` },
    });
    server.on('request', app.handle);
    return {
      origin: config.publicUrl,
      mcpUrl: app.mcpUrl,
      otherResource,
      person: { username: config.demoUser, password: config.demoPassword },
      clientDocumentUrl: clientDocument.client_id,
      redirectUrl: REDIRECT,
      machine: {
        clientId: MACHINE,
        privateKey: { ...(await exportJWK(keys.privateKey)), ...key },
      },
      audit,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
