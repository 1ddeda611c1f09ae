import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { AuditEvent } from '@portcullis/core';
import { verifyAuditFile } from '@portcullis/core/node';
import { describe, it } from 'vitest';
import { ada, signIn } from './end-to-end/signed-in.harness.js';
import { freePort, stageProgram } from './main.harness.js';
import { startFakeAlphaVantage } from './news/testing/fake-alpha-vantage.js';

const stage = stageProgram();
const secret = 'a-secret-of-32-characters-or-more';

/** The program with an audit log, once it is up. */
async function up(name: string, env: NodeJS.ProcessEnv = {}) {
  const port = await freePort();
  const auditLog = join(stage.folder, `${name}.jsonl`);
  const running = stage.start({
    ...{ PORT: String(port), MACHINE_CLIENT_SECRET: secret, AUDIT_LOG: auditLog },
    ...env,
  });
  await running.prints('Ctrl+C stops the server.');
  return { ...running, auditLog, origin: `http://127.0.0.1:${port}` };
}

/** A token of the machine client. */
async function tokenFrom(origin: string): Promise<string> {
  const granted = await fetch(`${origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`nightly-report:${secret}`)}` },
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', resource: `${origin}/mcp` },
      scope: 'mcp:exec:workflows:daily-digest',
    }),
  });
  return ((await granted.json()) as { access_token: string }).access_token;
}

/** A message to the MCP server that has yet to be written. */
async function messageTo(origin: string, headers: Readonly<Record<string, string>> = {}) {
  const message = request(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenFrom(origin)}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
  });
  return { message, answered: once(message, 'response') as Promise<[IncomingMessage]> };
}

const eventsIn = (path: string): readonly AuditEvent[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.concurrent('pnpm start, told to stop', () => {
  it('lets a call end that is under way, and writes down how', async ({ expect }) => {
    const { origin, child, ended, auditLog } = await up('drained');
    const { message, answered } = await messageTo(origin);
    const params = { name: 'run_workflow', arguments: { workflow: 'daily-digest' } };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    // The half of it: the server has begun and cannot answer yet.
    message.write(body.slice(0, 20));
    await fetch(`${origin}/health`);
    child.kill('SIGTERM');
    await expect.poll(() => fetch(`${origin}/health`).catch(() => 'closed')).toBe('closed');
    message.end(body.slice(20));
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    expect((await response.toArray()).join('')).toContain('finance://reports/');
    expect(await ended).toBe(0);
    expect(eventsIn(auditLog).at(-1)).toMatchObject({ kind: 'completion', outcome: 'succeeded' });
  }, 20_000);

  it('ends subscriptions with their last word, and waits for none of them', async ({ expect }) => {
    const { origin, child, ended, auditLog } = await up('subscribed');
    const { message, answered } = await messageTo(origin, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    });
    message.end(
      JSON.stringify({
        ...{ jsonrpc: '2.0', id: 7, method: 'subscriptions/listen' },
        params: {
          notifications: { toolsListChanged: true },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    );
    const [response] = await answered;
    expect([response.statusCode, response.headers['keep-alive']]).toEqual([200, 'timeout=75']);
    const before = Date.now();
    child.kill('SIGTERM');
    const said = (await response.toArray()).join('').trim().split('\n\n');
    expect(said).toEqual([
      expect.stringContaining('"notifications/subscriptions/acknowledged"'),
      expect.stringContaining('"id":7,"result":{"resultType":"complete"'),
    ]);
    expect(await ended).toBe(0);
    expect(Date.now() - before).toBeLessThan(3000);
    expect(eventsIn(auditLog).at(-1)).toMatchObject({ kind: 'completion', outcome: 'succeeded' });
  }, 20_000);

  it('cuts at the second word what still runs, and writes that down too', async ({ expect }) => {
    const vendor = await startFakeAlphaVantage();
    vendor.answer({ kind: 'hang' });
    const { origin, child, ended, auditLog } = await up('cut', {
      ...{ DEMO_PASSWORD: ada.password, ALPHA_VANTAGE_API_KEY: 'KEY' },
      ALPHA_VANTAGE_BASE_URL: vendor.baseUrl,
    });
    const { client } = await signIn(`${origin}/mcp`, {
      scopes: ['mcp:tools:get_news_sentiment', 'mcp:resources:news:read'],
    });
    const args = { name: 'get_news_sentiment', arguments: { ticker: 'BRDL' } };
    const cut = expect(client.callTool(args)).rejects.toThrow();
    await expect.poll(() => vendor.requests.length).toBe(1);
    child.kill('SIGTERM');
    await expect.poll(() => fetch(`${origin}/health`).catch(() => 'closed')).toBe('closed');
    const before = Date.now();
    child.kill('SIGTERM');
    await cut;
    expect(await ended).toBe(0);
    expect(Date.now() - before).toBeLessThan(3000);
    await vendor.close();
    const [decision, completion, ...more] = eventsIn(auditLog).slice(-2);
    expect(more).toEqual([]);
    expect(decision).toMatchObject({ kind: 'decision', name: 'get_news_sentiment' });
    expect(completion).toMatchObject({ kind: 'completion', outcome: 'unknown' });
    expect(completion).toHaveProperty('operationId', Reflect.get(decision ?? {}, 'operationId'));
    expect(await verifyAuditFile(auditLog)).toMatchObject({ kind: 'intact' });
  }, 20_000);

  it('says 503 while it starts, and can be stopped then as well', async ({ expect }) => {
    // Takes connections, and says nothing.
    const database = createServer().listen(0, '127.0.0.1');
    await once(database, 'listening');
    const { port: silent } = database.address() as AddressInfo;
    const port = await freePort();
    const { child, ended } = stage.start({
      PORT: String(port),
      DATABASE_URL: `postgresql://u:p@127.0.0.1:${silent}/x`,
    });
    const health = () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status, headers }) => [status, headers.get('retry-after')],
        () => [],
      );
    await expect.poll(health, { timeout: 10_000 }).toEqual([503, '1']);
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    database.close();
  }, 20_000);

  it('gives its audit log free when it cannot start', async ({ expect }) => {
    const auditLog = join(stage.folder, 'failed.jsonl');
    const { ended, output } = stage.start({
      ...{ PORT: String(await freePort()), AUDIT_LOG: auditLog },
      DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/x',
    });
    expect(await ended).toBe(1);
    expect(output()).toBe(
      'Cannot start: The PostgreSQL store cannot be asked: connect ECONNREFUSED 127.0.0.1:1. Start the database, or correct DATABASE_URL.\n',
    );
    expect([existsSync(auditLog), existsSync(`${auditLog}.lock`)]).toEqual([true, false]);
  }, 20_000);
});
