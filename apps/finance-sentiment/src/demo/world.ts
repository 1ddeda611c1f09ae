import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemorySink, memorySink } from '@portcullis/core';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { createFinanceApp } from '../app.js';
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
  const documents = createServer((request, response) => {
    onDocumentRead(CLIENT_HOST + (request.url ?? ''));
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(clientDocument));
  });
  const server: Server = createServer();
  const [documentsPort, port] = await Promise.all([
    listen(documents, 0, '127.0.0.1'),
    listen(server, 0, '127.0.0.1'),
  ]);

  const config = readConfig({ PORT: String(port), DATA_DIR: dataDir });
  const otherResource = `${config.publicUrl}/archive`;
  const audit = memorySink();
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const machineKey = { ...(await exportJWK(publicKey)), kid: 'tour', alg: 'ES256', use: 'sig' };
  const app = createFinanceApp(config, {
    audit: [audit],
    resources: [{ resource: otherResource, name: 'Archive', scopes }],
    clients: [
      {
        clientId: 'tour-machine',
        name: 'Tour machine',
        grantTypes: ['client_credentials'],
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'private_key_jwt', jwks: { keys: [machineKey] } },
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
      clientId: 'tour-machine',
      privateKey: { ...(await exportJWK(privateKey)), kid: 'tour', alg: 'ES256' },
    },
    audit,
    async close() {
      await Promise.all([stop(server, 500), stop(documents, 0)]);
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
