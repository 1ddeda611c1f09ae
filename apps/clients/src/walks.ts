import { Client } from '@modelcontextprotocol/client';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { formBrowser } from '@portcullis/provider-local/testing';
import { consentingApp, createPerson, memoryClient, REDIRECT } from 'finance-sentiment/demo-client';
import type { Installed } from './installed.js';
import { outputOf } from './output-of.js';
import { person } from './person.js';

/** One client, walked from its first request to a tool call. */
export interface Walk {
  readonly name: string;
  /** @returns what it did once it was in. @throws {Error} when the client did not get there. */
  run(url: string, installed: Installed): Promise<string>;
}

/** As whom the clients that are libraries introduce themselves. */
const self = { name: 'clients', version: '1.0.0' };

/** A tool that any token opens, and one that takes a scope which no client asks for at first. */
const whoami = { name: 'whoami', arguments: {} };
const compare = { name: 'compare_tickers', arguments: { tickers: ['QLMB', 'TNDQ'] } };

const inspector = (era: 'legacy' | 'auto' | 'modern'): Walk => ({
  name: `MCP Inspector CLI, ${era}`,
  async run(url, installed) {
    const call = ['--method', 'tools/call', '--tool-name', whoami.name, '--format', 'json'];
    const transport = ['--transport', 'http', '--protocol-era', era];
    const program = installed.program('mcp-inspector');
    const output = await outputOf(
      [program, '--cli', url, ...transport, ...call],
      await installed.newcomer(),
    );
    const result = output.split('\n').find((line) => line.startsWith('{"result"')) ?? output;
    expectAda(JSON.parse(result).result);
    return 'calls a tool';
  },
});

const remoteClient: Walk = {
  name: 'mcp-remote-client',
  async run(url, installed) {
    const program = installed.program('mcp-remote-client');
    const output = await outputOf([program, url], await installed.newcomer());
    if (!output.includes('Connected successfully!')) throw new Error(output);
    return 'lists tools (it has no way to call one)';
  },
};

const remoteProxy: Walk = {
  name: 'mcp-remote, for a client that speaks stdio',
  async run(url, installed) {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [installed.program('mcp-remote'), url],
      env: (await installed.newcomer()) as Record<string, string>,
      stderr: 'pipe',
    });
    let told = '';
    transport.stderr?.on('data', (part: Buffer) => {
      told += part;
    });
    const client = new ClientV1(self);
    try {
      await client.connect(transport);
      return await callAndStepUp((call) => client.callTool(call));
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${told}`);
    } finally {
      await client.close();
    }
  },
};

const officialV1: Walk = {
  name: 'official SDK, v1',
  async run(url) {
    const memory = memoryClient({ name: 'Walker', redirectUrl: REDIRECT });
    const line = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: memory });
    // A line that was refused cannot be used again, so neither can its client.
    const refused = line();
    await new ClientV1(self).connect(refused).catch(async (error: unknown) => {
      if (!(error instanceof UnauthorizedError)) throw error;
      const back = await formBrowser().authorize(memory.authorizationUrl ?? '', person);
      await refused.finishAuth(back.searchParams.get('code') ?? '');
    });
    const client = new ClientV1(self);
    try {
      await client.connect(line());
      expectAda(await client.callTool(whoami));
      return 'calls a tool';
    } finally {
      await client.close();
    }
  },
};

const officialV2: Walk = {
  name: 'official SDK, v2',
  async run(url) {
    const app = consentingApp({
      mcpUrl: url,
      memory: memoryClient({ name: 'Walker', redirectUrl: REDIRECT }),
      person: createPerson(person, fetch),
      newClient: () => new Client(self, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
    });
    try {
      await app.connect();
      return await callAndStepUp((call) => app.use((client) => client.callTool(call)));
    } finally {
      await app.close();
    }
  },
};

/** Every client that is walked. */
export const walks: readonly Walk[] = [
  ...(['legacy', 'auto', 'modern'] as const).map(inspector),
  remoteClient,
  remoteProxy,
  officialV1,
  officialV2,
];

/** Calls what it may, and then what it has to ask the person for. */
async function callAndStepUp(
  call: (params: typeof whoami | typeof compare) => Promise<unknown>,
): Promise<string> {
  expectAda(await call(whoami));
  const compared = textOf(await call(compare));
  if (!compared.startsWith('Best news first')) throw new Error(compared);
  return 'calls a tool, asks for more, and calls another';
}

/** @throws {Error} with what was said instead. */
function expectAda(result: unknown): void {
  const said = textOf(result);
  if (!said.startsWith(`You are user:${person.username}, through `)) throw new Error(said);
}

function textOf(result: unknown): string {
  const { content = [] } = (result ?? {}) as { content?: readonly { readonly text?: string }[] };
  return content.map(({ text = '' }) => text).join('\n');
}
