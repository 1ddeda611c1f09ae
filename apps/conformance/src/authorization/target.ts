import { randomBytes } from 'node:crypto';
import { defineScopes } from '@portcullis/core';
import { embeddedAccounts, type LocalProvider, localProvider } from '@portcullis/provider-local';
import { listen } from '../loopback.js';

/** How a client of the suite comes to its id. */
export type Introduction =
  | 'registered by itself'
  | 'known by its document'
  | 'set up by the operator';

/** One way to run the authorization server. */
export interface Configuration {
  readonly introduction: Introduction;
  /** The path of the issuer; empty for a bare origin. */
  readonly path: '' | '/tenant';
  /** Whether the client names the MCP server that it wants a token for (RFC 8707). Clients of 2025-03-26 do not. */
  readonly namesResource: boolean;
}

/** What the suite is pointed at. */
export interface Target {
  readonly issuer: string;
  readonly resource: string;
  readonly clientId: string;
  readonly person: { readonly username: string; readonly password: string };
  close(): Promise<void>;
}

const documentOrigin = 'https://client.example';
const documentId = `${documentOrigin}/mcp-client.json`;

/** An authorization server on its memory store, and a client that it knows by `redirectUri`. */
export async function startTarget(
  { introduction, path }: Configuration,
  redirectUri: string,
): Promise<Target> {
  let provider: LocalProvider | undefined;
  const server = await listen((request, response) =>
    provider?.authorizationServer(request, response),
  );
  const client = {
    client_name: 'Conformance Suite',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  const documents = await listen((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ client_id: documentId, ...client }));
  });
  const issuer = `${server.origin}${path}`;
  const resource = `${server.origin}/mcp`;
  const person = { username: 'ada', password: randomBytes(16).toString('base64url') };
  const scopes = defineScopes({ 'mcp:tools:weather': { description: 'Look up the weather.' } });
  provider = localProvider({
    issuer,
    resources: [{ resource, name: 'Weather', scopes }],
    accounts: embeddedAccounts([person]),
    dynamicRegistration: introduction === 'registered by itself',
    dangerouslyMapClientDocuments: { [documentOrigin]: documents.origin },
    clients: [
      {
        clientId: 'suite',
        name: 'Conformance Suite',
        redirectUris: [redirectUri],
        scopes: scopes.names,
        authentication: { method: 'none' },
      },
    ],
  });
  const ids: Record<Introduction, () => Promise<string> | string> = {
    'registered by itself': () => register(`${issuer}/register`, client),
    'known by its document': () => documentId,
    'set up by the operator': () => 'suite',
  };
  return {
    issuer,
    resource,
    clientId: await ids[introduction](),
    person,
    async close() {
      await Promise.all([server.close(), documents.close()]);
      await provider?.close();
    },
  };
}

/** Registers a client (RFC 7591 §3.1). */
async function register(endpoint: string, metadata: object): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  if (response.status !== 201) throw new Error(`Registration was answered ${response.status}.`);
  return String(((await response.json()) as { client_id: unknown }).client_id);
}
