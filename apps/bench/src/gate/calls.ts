import { requireBearerAuth as expressBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, requireBearerAuth } from '@modelcontextprotocol/server';
import { memorySink } from '@portcullis/core';
import { createMcpAuth } from '@portcullis/server-adapter';
import { toExpress } from '@portcullis/server-adapter/express';
import express, { type Express } from 'express';
import { Pool } from 'undici';
import { type Effort, inTurn, type Rates, ratioOf, together } from '../in-turn.js';
import { listening } from '../listening.js';
import { median, row, type ShownRow } from '../report.js';
import { type BenchIssuer, resource, scope, scopes } from './bench-issuer.js';
import { buildServer, call, checkAnswer, headersWith } from './mcp-server.js';
import { betterAuthVerifier, joseVerifier, mcpAuthMiddleware } from './peers.js';

/** A budget that counts every call and refuses none. */
const plenty = { perMinute: 1_000_000_000 };

/** With a scope for each tool, a limit on calls and an audit sink. */
const ours = ({ provider }: BenchIssuer) =>
  createMcpAuth({
    resource,
    provider,
    scopes,
    policy: { tools: { weather: [scope] } },
    limits: { calls: plenty },
    audit: [memorySink()],
  }).protect(createMcpHandler(buildServer).fetch);

const TO_NONE = 0.95;
const TO_SDK = 1.15;

function rowsOf<Peer extends string>(
  host: string,
  rates: Readonly<Record<'ours' | Peer, Rates>>,
  peers: Readonly<Record<Peer, readonly [name: string, bar: number]>>,
): readonly ShownRow[] {
  return Object.entries<readonly [string, number]>(peers).map(([peer, [name, bar]]) => {
    const theirs = rates[peer as Peer];
    const seen = `${Math.round(median(rates.ours))}/s to ${Math.round(median(theirs))}/s`;
    return row(`tools/call on ${host}, to ${name}`, ratioOf(rates.ours, theirs), bar, seen);
  });
}

/** Without a network: `Request` in, `Response` out. */
export async function fetchRows(
  trusted: BenchIssuer,
  effort: Effort,
): Promise<readonly ShownRow[]> {
  const headers = headersWith(await trusted.mint('fetch'));
  const batchOf = (answer: (request: Request) => Promise<Response>) =>
    together(async () => {
      const response = await answer(new Request(resource, { method: 'POST', headers, body: call }));
      checkAnswer(await response.text());
    });
  const open = createMcpHandler(buildServer);
  const behindSdk = createMcpHandler(buildServer);
  const gate = requireBearerAuth({ verifier: joseVerifier(trusted), requiredScopes: [scope] });
  const behindBetterAuth = createMcpHandler(buildServer);
  const betterAuth = betterAuthVerifier(trusted);
  const protectedByUs = ours(trusted);
  const rates = await inTurn(
    {
      ours: batchOf((request) => protectedByUs(request)),
      none: batchOf((request) => open.fetch(request)),
      sdk: batchOf(async (request) => {
        const authInfo = await gate(request);
        return authInfo instanceof Response ? authInfo : behindSdk.fetch(request, { authInfo });
      }),
      betterAuth: batchOf(async (request) => {
        await betterAuth(request);
        return behindBetterAuth.fetch(request);
      }),
    },
    effort,
  );
  return rowsOf('fetch', rates, {
    none: ['no auth at all', TO_NONE],
    sdk: ["the SDK's requireBearerAuth + jose", TO_SDK],
    betterAuth: ["better-auth's verifier", 0],
  });
}

/** Over loopback, each server on Express in this process, the client too. */
export async function expressRows(
  trusted: BenchIssuer,
  effort: Effort,
): Promise<readonly ShownRow[]> {
  const headers = headersWith(await trusted.mint('express'));
  const handler = () => toNodeHandler(createMcpHandler(buildServer));
  const [open, behindSdk, behindMcpAuth] = [handler(), handler(), handler()];
  const gate = { verifier: joseVerifier(trusted), requiredScopes: [scope] };
  const apps = {
    ours: express().use(toExpress(ours(trusted))),
    none: express().all('/mcp', (request, response) => open(request, response)),
    sdk: express().all('/mcp', expressBearerAuth(gate), (request, response) =>
      behindSdk(request, response),
    ),
    mcpAuth: express().all('/mcp', mcpAuthMiddleware(trusted), (request, response) =>
      behindMcpAuth(request as never, response),
    ),
  };
  const [own, none, sdk, mcpAuth] = await Promise.all([
    client(apps.ours, headers),
    client(apps.none, headers),
    client(apps.sdk, headers),
    client(apps.mcpAuth, headers),
  ]);
  try {
    const batches = { ours: own.batch, none: none.batch, sdk: sdk.batch, mcpAuth: mcpAuth.batch };
    return rowsOf('Express', await inTurn(batches, effort), {
      none: ['no auth at all', TO_NONE],
      sdk: ["the SDK's requireBearerAuth + jose", TO_SDK],
      mcpAuth: ['the middleware of mcp-auth', 0],
    });
  } finally {
    for (const { close } of [own, none, sdk, mcpAuth]) await close();
  }
}

async function client(app: Express, headers: Record<string, string>) {
  const { server, origin } = await listening(app);
  const pool = new Pool(origin, { connections: 16 });
  return {
    batch: together(async () => {
      const asked = { path: '/mcp', method: 'POST', headers, body: call } as const;
      const { body } = await pool.request(asked);
      checkAnswer(await body.text());
    }),
    async close() {
      await pool.close();
      server.close();
    },
  };
}
