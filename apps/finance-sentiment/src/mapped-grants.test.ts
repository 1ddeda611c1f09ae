import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFinanceApp, type FinanceApp } from './app.js';
import { readConfig } from './config.js';
import { refusalOf } from './demo/results.js';
import { listen, stop } from './listening.js';
import { startFake, type TestVendor, type VendorName } from './vendor-fakes.harness.js';

/** `ROLE_CLAIM` as each vendor's users would write it, and the claim that it means. */
const vendors: [VendorName, string, (roles: readonly string[]) => Record<string, unknown>][] = [
  ['scalekit', 'roles', (roles) => ({ roles })],
  ['auth0', 'https://example.com/roles', (roles) => ({ 'https://example.com/roles': roles })],
  [
    'oidc',
    'resource_access finance roles',
    (roles) => ({ resource_access: { finance: { roles } } }),
  ],
];

describe.each(vendors)('roles at %s', (name, roleClaim, claimsOf) => {
  const claim = roleClaim.replaceAll(' ', '.');
  let folder: string;
  let server: Server;
  let app: FinanceApp;
  let vendor: TestVendor;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-roles-'));
    server = createServer();
    const port = String(await listen(server, 0, '127.0.0.1'));
    vendor = await startFake(name, `http://127.0.0.1:${port}/mcp`);
    const env = { ...vendor.variables, PORT: port, DATA_DIR: folder, ROLE_CLAIM: roleClaim };
    app = await createFinanceApp(await readConfig(env));
    server.on('request', app.handle);
  });
  afterAll(async () => {
    await stop(server, 0);
    await app.close();
    await vendor.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function connect(roles: readonly string[], scopes: readonly string[] = []) {
    const token = await vendor.mint({ scopes, claims: claimsOf(roles) });
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(app.mcpUrl), {
        authProvider: { token: async () => token },
        onInsufficientScope: 'throw',
      }),
    );
    return client;
  }

  const editor = {
    claim,
    value: 'finance-editor',
    scopes: ['mcp:tools:import_news', 'mcp:resources:news:write'],
  };
  const administrator = {
    claim,
    value: 'finance-administrator',
    scopes: ['mcp:resources:audit:read'],
  };

  it('are scopes here, as whoami and the audit trail say', async () => {
    const roles = ['finance-editor', 'finance-administrator', 'somebody-else'];
    const client = await connect(roles, ['mcp:tools:analyze_sentiment']);
    const whoami = await client.callTool({ name: 'whoami', arguments: {} });
    expect(whoami.structuredContent).toMatchObject({
      scopes: [
        'mcp:tools:analyze_sentiment',
        'mcp:tools:import_news',
        'mcp:resources:news:write',
        'mcp:resources:audit:read',
      ],
      mapped: [editor, administrator],
      tools: expect.arrayContaining([{ name: 'import_news', callable: 'yes', missing: [] }]),
    });
    const [text] = whoami.content;
    expect(text).toMatchObject({
      text: expect.stringContaining(
        `Through ${claim} "finance-editor": mcp:tools:import_news mcp:resources:news:write\n`,
      ),
    });

    const { contents } = await client.readResource({ uri: 'finance://audit/recent' });
    const [content] = contents;
    const { events } = JSON.parse(content && 'text' in content ? content.text : '{}');
    const decided = events.find(({ kind, name: tool }: Record<string, string>) => {
      return kind === 'decision' && tool === 'whoami';
    });
    expect(decided).toMatchObject({ outcome: 'allowed', mapped: [editor, administrator] });
    await client.close();
  });

  it('make the administrator: to have consented to the scope is not enough', async () => {
    const client = await connect([], ['mcp:resources:audit:read']);
    const read = () => client.readResource({ uri: 'finance://audit/recent' });
    expect(await refusalOf(read)).toMatchObject({ status: 403 });
    await client.close();
  });

  it('are no scopes when they are not in the table, and nobody is asked for what they would give', async () => {
    const client = await connect(['somebody-else']);
    const call = { name: 'import_news', arguments: { csv: 'title,publishedAt\n' } };
    const refusal = await refusalOf(() => client.callTool(call));
    expect(refusal).toMatchObject({ status: 403 });
    // With a challenge it would be an InsufficientScopeError.
    expect(refusal).toBeInstanceOf(SdkHttpError);
    await client.close();
  });
});
