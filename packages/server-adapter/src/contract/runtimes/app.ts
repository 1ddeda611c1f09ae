import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { type AuditEvent, type AuthProvider, defineScopes } from '@portcullis/core';
import { createJwtVerifier, createRemoteKeys, principalFromJwt } from '@portcullis/core/jwt';
import { Hono } from 'hono';
import { z } from 'zod';
import { toHono } from '../../hono/index.js';
import { createMcpAuth, type ProtectedHandler } from '../../index.js';

/** What the walk tells each runtime by its environment. */
export interface Environment {
  readonly RESOURCE: string;
  readonly ISSUER: string;
  /** Whether the handler is called as it is, or stands in a Hono app. */
  readonly HOST: 'fetch' | 'hono';
}

/** One small server as anybody would write it for a runtime that has `fetch` and nothing of Node. */
export function createApp(
  environment: Environment,
): (request: Request) => Response | Promise<Response> {
  const handler = createHandler(environment);
  if (environment.HOST === 'fetch') return handler;
  const app = new Hono().use(toHono(handler));
  return (request) => app.fetch(request);
}

function createHandler({ RESOURCE: resource, ISSUER: issuer }: Environment): ProtectedHandler {
  const auth = createMcpAuth({
    resource,
    provider: jwtProvider(issuer),
    scopes: defineScopes({
      'mcp:tools:weather': { description: 'Look up the weather.' },
      'mcp:tools:payroll': { description: 'See what people earn.' },
    }),
    policy: { tools: { weather: ['mcp:tools:weather'], payroll: ['mcp:tools:payroll'] } },
    baseline: ['mcp:tools:weather'],
    audit: [{ onFailure: 'drop', write: toConsole }],
  });
  return auth.protect(createMcpHandler(buildServer).fetch);
}

function toConsole(event: AuditEvent): void {
  // biome-ignore lint/suspicious/noConsole: the walk reads it.
  if (event.kind === 'completion') console.log(`completion: ${event.outcome}`);
}

function buildServer(): McpServer {
  const server = new McpServer({ name: 'runtime', version: '1.0.0' });
  const inputSchema = z.object({ place: z.string() });
  server.registerTool('weather', { description: 'w', inputSchema }, ({ place }) => ({
    content: [{ type: 'text', text: `Sunny in ${place}.` }],
  }));
  server.registerTool('payroll', { description: 'p' }, () => ({ content: [] }));
  return server;
}

function jwtProvider(issuer: string): AuthProvider {
  const keys = createRemoteKeys({ issuer });
  const verifier = createJwtVerifier({ issuer, keys });
  return {
    specificationVersion: 'v1',
    id: 'runtime',
    authorizationServers: [issuer],
    async verify(token, context) {
      const verified = await verifier.verify(token.value, context);
      return verified.kind === 'verified' ? principalFromJwt(verified, {}) : verified;
    },
  };
}
