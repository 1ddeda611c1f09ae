import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { defineScopes, type ScopeVocabulary } from '@portcullis/core';
import { type LocalProvider, localProvider } from '@portcullis/provider-local';
import { createMcpAuth } from '@portcullis/server-adapter';
import { toNodeListener } from '@portcullis/server-adapter/node';

/** An answer on its way out, to be damaged. */
export interface Outgoing {
  status: number;
  /** By name in lower case. */
  headers: Record<string, string | string[]>;
  body: string;
}

/** What is known of the request that is being answered. */
interface Incoming {
  readonly method: string;
  readonly path: string;
  /** Of the front. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Changes an answer. */
export type Damage = (answer: Outgoing, request: Incoming) => void;

/** An MCP server behind the gate, with the embedded issuer, and a front that damages what it says. */
export interface Ward {
  /** The endpoint, through the front. */
  readonly url: string;
  readonly origin: string;
  readonly provider: LocalProvider;
  /** Every request that came to the front. */
  readonly requests: Incoming[];
  /** How answers are damaged from now on. */
  damage(how: Damage | undefined): void;
  /** An access token for the endpoint. */
  token(): Promise<string>;
  close(): Promise<void>;
}

const MACHINE_SECRET = 'the-secret-of-a-machine-that-is-long-enough';

const scopes: ScopeVocabulary<'mcp:tools:weather'> = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
});

/** Starts one on loopback. */
export async function startWard(): Promise<Ward> {
  let damage: Damage | undefined;
  const requests: Incoming[] = [];
  const sound = createServer();
  const soundPort = await listening(sound);
  const front = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method = '', url: path = '', headers } = request;
    const incoming = { method, path, origin, headers, body };
    requests.push(incoming);
    const answer = await forward(soundPort, incoming);
    damage?.(answer, incoming);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const origin = `http://127.0.0.1:${await listening(front)}`;
  const url = `${origin}/mcp`;
  const provider = localProvider({
    issuer: origin,
    resources: [{ resource: url, name: 'Weather', scopes }],
    accounts: { signIn: async () => ({ kind: 'refused' }), find: async () => undefined },
    clients: [
      {
        clientId: 'machine',
        name: 'Machine',
        scopes: ['mcp:tools:weather'],
        grantTypes: ['client_credentials'],
        authentication: { method: 'client_secret_post', secret: MACHINE_SECRET },
      },
    ],
  });
  const auth = createMcpAuth({
    ...{ resource: url, provider, scopes, baseline: ['mcp:tools:weather'] },
    policy: { tools: { weather: ['mcp:tools:weather'] } },
  });
  const mcp = toNodeListener(auth.protect(createMcpHandler(buildServer).fetch));
  sound.on('request', (request, response) =>
    provider.authorizationServer(request, response, () => mcp(request, response)),
  );
  return {
    ...{ url, origin, provider, requests },
    damage(how) {
      damage = how;
    },
    async token() {
      const answer = await fetch(`http://127.0.0.1:${soundPort}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'client_credentials', resource: url },
          ...{ client_id: 'machine', client_secret: MACHINE_SECRET },
        }),
      });
      const { access_token: token } = (await answer.json()) as { access_token: string };
      return token;
    },
    async close() {
      for (const server of [front, sound]) {
        server.closeAllConnections();
        server.close();
      }
      await provider.close();
    },
  };
}

function buildServer(): McpServer {
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  server.registerTool('weather', { description: 'Rain or shine.' }, () => ({
    content: [{ type: 'text', text: 'Rain.' }],
  }));
  return server;
}

/** Serves something on loopback, for as long as a test runs. */
export async function serve(
  listener: RequestListener,
): Promise<{ readonly origin: string; close(): void }> {
  const server = createServer(listener);
  const origin = `http://127.0.0.1:${await listening(server)}`;
  return {
    origin,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

function forward(port: number, { method, path, headers, body }: Incoming): Promise<Outgoing> {
  return new Promise((resolve, reject) => {
    const onward = sendRequest({ ...{ host: '127.0.0.1', port, method, path, headers } });
    onward.on('error', reject);
    onward.on('response', async (response) => {
      const { statusCode = 0, headers: answered } = response;
      const kept = Object.entries(answered).filter(
        ([name, value]) =>
          value !== undefined &&
          !/^(connection|keep-alive|content-length|transfer-encoding)$/.test(name),
      );
      const text = await bodyOf(response);
      resolve({
        status: statusCode,
        headers: Object.fromEntries(kept) as Outgoing['headers'],
        body: text,
      });
    });
    onward.end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += String(chunk);
  return text;
}
