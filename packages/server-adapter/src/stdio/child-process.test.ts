import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { AuditEvent } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource: 'http://127.0.0.1:4321/mcp' });
});
afterAll(() => issuer.close());

const running: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((client) => client.close())));

type Environment = Readonly<Record<string, string>>;

const scripts = {
  v1: new URL('./__fixtures__/server-v1.mjs', import.meta.url),
  v2: new URL('./__fixtures__/server-v2.mjs', import.meta.url),
};

/** Where Node keeps what it has compiled: half of what the start of a child costs. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

/** How to start a server as a child. */
function command(sdk: 'v1' | 'v2', env: Environment) {
  return {
    command: process.execPath,
    args: ['--no-warnings', fileURLToPath(scripts[sdk])],
    env: { ISSUER: issuer.issuer, NODE_COMPILE_CACHE: compiled, ...env },
    stderr: 'pipe' as const,
  };
}

/** What a child says outside the protocol. */
function lines(stderr: unknown): { text: string } {
  const said = { text: '' };
  (stderr as Readable).on('data', (chunk) => {
    said.text += String(chunk);
  });
  return said;
}

const roots = { roots: [{ uri: 'file:///home/ada' }] };

async function connectV1(env: Environment) {
  const client = new ClientV1({ name: 'tests', version: '1.0.0' }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => roots);
  const transport = new TransportV1(command('v1', env));
  const said = lines(transport.stderr);
  running.push(client);
  await client.connect(transport);
  return { client, said };
}

const connectV2 = (mode: 'legacy' | 'auto' | { pin: '2026-07-28' }) => async (env: Environment) => {
  const client = new Client(
    { name: 'tests', version: '1.0.0' },
    { capabilities: { roots: {} }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('roots/list', () => roots);
  const transport = new StdioClientTransport(command('v2', env));
  const said = lines(transport.stderr);
  running.push(client);
  await client.connect(transport);
  return { client, said };
};

describe.concurrent.each([
  ['v1', 'legacy', connectV1],
  ['v2 in the legacy era', 'legacy', connectV2('legacy')],
  ['v2 that finds out the era', 'modern', connectV2('auto')],
  ['v2 in the modern era', 'modern', connectV2({ pin: '2026-07-28' })],
] as const)('a server over stdio, %s', (_name, era, connect) => {
  const denied = expect.objectContaining({
    isError: true,
    content: [
      {
        type: 'text',
        text: 'This needs the scope mcp:tools:payroll, which this server was not started with.',
      },
    ],
  });

  it('lets its principal do what the policy says, and no more (RS-33, RS-102)', async () => {
    const { client, said } = await connect({ PRINCIPAL: 'mcp:tools:weather' });
    const call = (tool: string) => client.callTool({ name: tool, arguments: {} });

    expect(await call('weather')).toMatchObject({ content: [{ text: 'sunny' }] });
    expect(await call('whoami')).toMatchObject({ content: [{ text: 'local:ada false' }] });
    expect(await call('payroll')).toEqual(denied);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(['weather', 'whoami', 'ask']);
    await expect(client.readResource({ uri: 'notes://1' })).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining('mcp:resources:notes:read'),
    });
    // A tool without an entry is as unknown as one that does not exist.
    const unknown = (tool: string) =>
      call(tool).then(
        (result) => JSON.stringify(result),
        (error: Error) => error.message,
      );
    expect(await unknown('hidden')).toContain('hidden not found');
    expect(await unknown('hidden')).toBe((await unknown('nobody')).replace('nobody', 'hidden'));
    // In the modern era a server has no requests of its own.
    if (era === 'legacy') {
      expect(await call('ask')).toMatchObject({ content: [{ text: 'file:///home/ada' }] });
    }

    await client.close();
    const events = said.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEvent);
    const decided = events.flatMap((event) => (event.kind === 'decision' ? [event] : []));
    const calls = decided.filter(({ method }) => method === 'tools/call');
    expect(calls.slice(0, 3).map(({ name, outcome, missing }) => [name, outcome, missing])).toEqual(
      [
        ['weather', 'allowed', []],
        ['whoami', 'allowed', []],
        ['payroll', 'denied', ['mcp:tools:payroll']],
      ],
    );
    const done = new Set(
      events.flatMap((event) => (event.kind === 'completion' ? [event.operationId] : [])),
    );
    for (const { outcome, operationId } of decided) {
      expect(done.has(operationId)).toBe(outcome === 'allowed');
    }
  });
});

it.concurrent.each([
  ['v1', connectV1],
  ['v2', connectV2({ pin: '2026-07-28' })],
] as const)('a server of %s takes a token from its environment (RS-102)', async (_sdk, connect) => {
  const MCP_TOKEN = await issuer.mint({ scopes: ['mcp:tools:payroll'] });
  const { client, said } = await connect({ MCP_TOKEN });
  const call = (tool: string) => client.callTool({ name: tool, arguments: {} });
  expect(await call('payroll')).toMatchObject({ content: [{ text: 'a lot' }] });
  expect(await call('whoami')).toMatchObject({ content: [{ text: 'user-1 false' }] });
  expect(await call('weather')).toMatchObject({ isError: true });
  await client.close();
  for (const part of MCP_TOKEN.split('.')) expect(said.text).not.toContain(part);
});

it.concurrent.each(['v1', 'v2'] as const)(
  'a server of %s does not start for nobody, nor for a token that is refused (RS-102)',
  async (sdk) => {
    const start = async (env: Environment) => {
      const { command: node, args, env: all } = command(sdk, env);
      const child = spawn(node, args, { env: all, stdio: ['pipe', 'pipe', 'pipe'] });
      const said = lines(child.stderr);
      const answered = lines(child.stdout);
      child.stdin.on('error', () => {});
      child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
      const code = await new Promise((resolve) => child.on('close', resolve));
      return { code, said: said.text, answered: answered.text };
    };
    const expired = await issuer.mintBad('expired');
    const [nobody, bad] = await Promise.all([start({}), start({ MCP_TOKEN: expired })]);
    expect(nobody).toMatchObject({
      code: 1,
      said: expect.stringContaining(
        'ConfigurationError: "principal" and "token" are both missing: nobody would be let in. Pass stdioPrincipal(…), or the access token from the environment.',
      ),
      answered: '',
    });
    expect(bad).toMatchObject({
      code: 1,
      said: expect.stringContaining('"token" is refused: token_expired.'),
      answered: '',
    });
    expect(bad.said).not.toContain(expired.split('.')[1]);
  },
);
