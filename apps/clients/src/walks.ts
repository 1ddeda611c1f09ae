import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Installed } from './installed.js';

/** One client, walked from its first request to a tool call. */
export interface Walk {
  readonly name: string;
  /** @returns what `whoami` said. @throws {Error} when the client did not get there. */
  run(url: string, installed: Installed): Promise<string>;
}

/** A walk that takes longer hangs. */
const PATIENCE_MS = 60_000;

const inspector = (era: 'legacy' | 'auto' | 'modern'): Walk => ({
  name: `MCP Inspector CLI, ${era}`,
  async run(url, installed) {
    const call = ['--method', 'tools/call', '--tool-name', 'whoami', '--format', 'json'];
    const transport = ['--transport', 'http', '--protocol-era', era];
    const program = installed.program('mcp-inspector');
    const output = await outputOf(
      [program, '--cli', url, ...transport, ...call],
      await installed.newcomer(),
    );
    const result = output.split('\n').find((line) => line.startsWith('{"result"')) ?? output;
    return textOf(JSON.parse(result).result);
  },
});

const remoteClient: Walk = {
  name: 'mcp-remote-client',
  async run(url, installed) {
    const program = installed.program('mcp-remote-client');
    const output = await outputOf([program, url], await installed.newcomer());
    if (!output.includes('Connected successfully!')) throw new Error(output);
    return 'connected';
  },
};

const remoteProxy: Walk = {
  name: 'mcp-remote, for a client that speaks stdio',
  async run(url, installed) {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [installed.program('mcp-remote'), url],
      env: (await installed.newcomer()) as Record<string, string>,
      stderr: 'ignore',
    });
    const client = new ClientV1({ name: 'clients', version: '1.0.0' });
    try {
      await client.connect(transport, { timeout: PATIENCE_MS });
      return textOf(await client.callTool({ name: 'whoami', arguments: {} }));
    } finally {
      await client.close();
    }
  },
};

/** Every client that is walked. */
export const walks: readonly Walk[] = [
  ...(['legacy', 'auto', 'modern'] as const).map(inspector),
  remoteClient,
  remoteProxy,
];

/** What a program prints, to both. @throws {Error} with it when the program fails. */
async function outputOf(command: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, command, { env, stdio: [...stdio], timeout: PATIENCE_MS });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`It ended with ${code}:\n${output}`);
  return output;
}

function textOf(result: unknown): string {
  const { content = [] } = (result ?? {}) as { content?: readonly { readonly text?: string }[] };
  return content.map(({ text = '' }) => text).join('\n');
}
