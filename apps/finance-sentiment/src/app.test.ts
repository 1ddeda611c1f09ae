import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auth, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { AuditSink } from '@portcullis/core';
import { verifyAuditFile } from '@portcullis/core/node';
import { formBrowser } from '@portcullis/provider-local/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFinanceApp, type FinanceApp } from './app.js';
import { readConfig } from './config.js';
import { memoryClient } from './demo/memory-client.js';
import { listen, stop } from './listening.js';

let folder: string;
let server: Server;
let app: FinanceApp;
let origin: string;
let auditLog: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-app-'));
  auditLog = join(folder, 'audit.jsonl');
  server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  const config = await readConfig({
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    DEMO_PASSWORD: 'ada-signs-in',
    ADMIN_PASSWORD: 'admin-signs-in',
    AUDIT_LOG: auditLog,
  });
  app = await createFinanceApp(config);
  server.on('request', app.handle);
  origin = config.publicUrl;
});
afterAll(async () => {
  await stop(server, 0);
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Signs a person in for these scopes, with everything that the page offers ticked. */
async function signIn(username: string, password: string, scopes: readonly string[]) {
  const provider = memoryClient({ name: 'Test', redirectUrl: 'http://127.0.0.1:9/callback' });
  await auth(provider, { serverUrl: app.mcpUrl, scope: scopes.join(' ') });
  const offered: string[] = [];
  const back = await formBrowser().authorize(provider.authorizationUrl ?? '', {
    username,
    password,
    tick(scope) {
      offered.push(scope);
      return true;
    },
  });
  const transport = new StreamableHTTPClientTransport(new URL(app.mcpUrl), {
    authProvider: provider,
    onInsufficientScope: 'throw',
  });
  await transport.finishAuth(back.searchParams);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  return { client, offered, granted: provider.currentTokens?.scope?.split(' ') ?? [] };
}

describe('the app', () => {
  it('shows a page that says what this is', async () => {
    const response = await fetch(`${origin}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(response.headers.get('x-powered-by')).toBeNull();
    const page = await response.text();
    expect(page).toContain(`<code>${app.mcpUrl}</code>`);
    const linked = [...page.matchAll(/<link .*href="([^"]+)"/g)].map(async ([, href = '']) => {
      const { status, headers } = await fetch(new URL(href, origin));
      return [href.split('?')[0], status, headers.get('content-type')];
    });
    expect(await Promise.all(linked)).toEqual([
      ['/site.svg', 200, 'image/svg+xml; charset=utf-8'],
      ['/site.css', 200, 'text/css; charset=utf-8'],
    ]);
    expect(page).toContain('<a href="/connected-apps">');
  });

  it('tells anybody how it is doing, in a word', async () => {
    const ask = async (at: string) => {
      const response = await fetch(`${at}/health`);
      return { status: response.status, body: await response.json() };
    };
    expect(await ask(origin)).toEqual({ status: 200, body: { status: 'ok' } });

    const other = createServer();
    const port = await listen(other, 0, '127.0.0.1');
    const config = await readConfig({ PORT: String(port), DATA_DIR: join(folder, 'broken') });
    const broken: AuditSink = {
      onFailure: 'block',
      write: () => {
        throw new Error('The disk is full.');
      },
    };
    const failing = await createFinanceApp(config, { audit: [broken] });
    other.on('request', failing.handle);
    expect((await fetch(failing.mcpUrl, { method: 'POST' })).status).toBe(503);
    expect(await ask(config.publicUrl)).toEqual({ status: 503, body: { status: 'failing' } });
    await stop(other, 0);
    await failing.close();
  });

  it('answers 404 where nothing is', async () => {
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });

  it('serves both documents of discovery on its one origin (RS-01, AS-01)', async () => {
    const resource = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await resource.json()).toEqual({
      resource: `${origin}/mcp`,
      authorization_servers: [origin],
      scopes_supported: ['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Finance Sentiment',
    });
    const issuer = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    expect(await issuer.json()).toMatchObject({
      issuer: origin,
      code_challenge_methods_supported: ['S256'],
      client_id_metadata_document_supported: true,
    });
  });

  it('never offers a person what is the administrator’s, whatever the client asks for', async () => {
    const { offered, granted } = await signIn('ada', 'ada-signs-in', [
      'mcp:tools:analyze_sentiment',
      'mcp:resources:audit:read',
    ]);
    expect(offered).toEqual(['mcp:tools:analyze_sentiment']);
    expect(granted).toEqual(['mcp:tools:analyze_sentiment']);
  });

  it('shows the administrator what the issuer and the server did', async () => {
    const { client, granted } = await signIn('admin', 'admin-signs-in', [
      'mcp:resources:audit:read',
    ]);
    expect(granted).toEqual(['mcp:resources:audit:read']);
    const { contents } = await client.readResource({ uri: 'finance://audit/recent' });
    const [content] = contents;
    const { events } = JSON.parse(content && 'text' in content ? content.text : '{}');
    const kinds = events.map(({ kind, type, outcome }: Record<string, string>) =>
      [kind, type ?? outcome].join(' '),
    );
    expect(kinds).toEqual(
      expect.arrayContaining([
        'issuer client_registered',
        'issuer signed_in',
        'issuer consent_allowed',
        'issuer token_issued',
        'decision allowed',
        'completion succeeded',
      ]),
    );
    expect(JSON.stringify(events)).not.toMatch(/eyJ|admin-signs-in/);
  });

  it('grants the wildcard to a person only if it is ticked on purpose', async () => {
    const provider = memoryClient({ name: 'Greedy', redirectUrl: 'http://127.0.0.1:9/callback' });
    const scope = 'mcp:tools:analyze_sentiment mcp:exec:workflows:*';
    await auth(provider, { serverUrl: app.mcpUrl, scope });
    const ticked = new Map<string, boolean>();
    await formBrowser().authorize(provider.authorizationUrl ?? '', {
      username: 'ada',
      password: 'ada-signs-in',
      tick(each, byDefault) {
        ticked.set(each, byDefault);
        return byDefault;
      },
    });
    expect(Object.fromEntries(ticked)).toEqual({
      'mcp:tools:analyze_sentiment': true,
      'mcp:exec:workflows:*': false,
    });
  });

  it('leaves a trail on disk that nobody can alter unseen', async () => {
    const report = await verifyAuditFile(auditLog);
    expect(report.kind).toBe('intact');
    expect(readFileSync(auditLog, 'utf8')).not.toMatch(/eyJ|signs-in/);
  });
});
