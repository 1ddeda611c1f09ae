import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireBearerAuth as expressBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  McpServer,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { type AuthProvider, defineScopes, memorySink } from '@portcullis/core';
import { createMcpAuth } from '@portcullis/server-adapter';
import { toExpress } from '@portcullis/server-adapter/express';
import express, { type Express } from 'express';
import { jwtVerify } from 'jose';
import { Pool } from 'undici';
import { z } from 'zod';
import { type Batch, type Comparison, compare } from './pairs.js';

/** What the contestants need to know of the issuer. */
export interface BenchIssuer {
  readonly issuer: string;
  readonly resource: string;
  readonly provider: AuthProvider;
  readonly publicKey: CryptoKey;
  readonly token: string;
}

/** Our gate against no gate at all, and against the SDK's gate over jose. */
export interface CallComparisons {
  readonly toNone: Comparison;
  readonly toSdk: Comparison;
}

const IN_FLIGHT = 16;

function buildServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  server.registerTool(
    'weather',
    { description: 'Look up the weather.', inputSchema: z.object({ place: z.string() }) },
    ({ place }) => ({ content: [{ type: 'text', text: `Sun in ${place}` }] }),
  );
  return server;
}

const version = '2026-07-28';
const call = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'weather',
    arguments: { place: 'Lisbon' },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

const headersWith = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': version,
  'mcp-method': 'tools/call',
  'mcp-name': 'weather',
});

const scopes = defineScopes({ 'mcp:tools:weather': { description: 'Look up the weather.' } });

const ours = ({ resource, provider }: BenchIssuer) =>
  createMcpAuth({
    resource,
    provider,
    scopes,
    policy: { tools: { weather: ['mcp:tools:weather'] } },
    audit: [memorySink()],
  });

function sdkVerifier({ issuer, resource, publicKey }: BenchIssuer): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          issuer,
          audience: resource,
          typ: 'at+jwt',
        });
        const granted = String(payload.scope).split(' ');
        return {
          token,
          clientId: String(payload.client_id),
          scopes: granted,
          expiresAt: Number(payload.exp),
        };
      } catch {
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is invalid');
      }
    },
  };
}

const together = async (count: number, once: () => Promise<void>): Promise<void> => {
  for (let index = 0; index < count; index += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, once));
  }
};

/** Without a network: `Request` in, `Response` out. */
export async function callsByFetch(issuer: BenchIssuer): Promise<CallComparisons> {
  const { resource, token } = issuer;
  const headers = headersWith(token);
  const batchOf =
    (answer: (request: Request) => Promise<Response>): Batch =>
    (count) =>
      together(count, async () => {
        const response = await answer(
          new Request(resource, { method: 'POST', headers, body: call }),
        );
        if (!(await response.text()).includes('Sun in Lisbon')) throw new Error('Not answered.');
      });

  const handler = createMcpHandler(buildServer);
  const gate = requireBearerAuth({
    verifier: sdkVerifier(issuer),
    requiredScopes: ['mcp:tools:weather'],
  });
  const protectedByUs = batchOf(ours(issuer).protect(createMcpHandler(buildServer).fetch));
  const open = batchOf((request) => handler.fetch(request));
  const protectedBySdk = batchOf(async (request) => {
    const authInfo = await gate(request);
    return authInfo instanceof Response ? authInfo : handler.fetch(request, { authInfo });
  });
  return {
    toNone: await compare(protectedByUs, open),
    toSdk: await compare(protectedByUs, protectedBySdk),
  };
}

/** Over loopback, each server on Express in this process. */
export async function callsByExpress(issuer: BenchIssuer): Promise<CallComparisons> {
  const { resource, token } = issuer;
  const headers = { ...headersWith(token), host: new URL(resource).host };
  const handler = toNodeHandler(createMcpHandler(buildServer));
  const apps = {
    ours: express().use(toExpress(ours(issuer).protect(createMcpHandler(buildServer).fetch))),
    open: express().all('/mcp', (request, response) => handler(request, response)),
    sdk: express().all(
      '/mcp',
      expressBearerAuth({ verifier: sdkVerifier(issuer), requiredScopes: ['mcp:tools:weather'] }),
      (request, response) => handler(request, response),
    ),
  };
  const running = await Promise.all([
    listening(apps.ours),
    listening(apps.open),
    listening(apps.sdk),
  ]);
  const pools = running.map(
    (server) =>
      new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
        connections: IN_FLIGHT,
      }),
  );
  const batches = pools.map(
    (pool): Batch =>
      (count) =>
        together(count, async () => {
          const { body } = await pool.request({
            path: '/mcp',
            method: 'POST',
            headers,
            body: call,
          });
          if (!(await body.text()).includes('Sun in Lisbon')) throw new Error('Not answered.');
        }),
  );
  const [own, open, sdk] = batches;
  if (!own || !open || !sdk) throw new Error('A contestant is missing.');
  try {
    return { toNone: await compare(own, open), toSdk: await compare(own, sdk) };
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    for (const server of running) server.close();
  }
}

async function listening(app: Express): Promise<Server> {
  const server = app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) =>
    server.once('listening', resolve).once('error', reject),
  );
  return server;
}
