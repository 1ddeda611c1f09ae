import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { resource } from './bench-issuer.js';

/** The server behind every gate. */
export function buildServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  server.registerTool(
    'weather',
    { description: 'Look up the weather.', inputSchema: z.object({ place: z.string() }) },
    ({ place }) => ({ content: [{ type: 'text', text: `Sun in ${place}` }] }),
  );
  return server;
}

const version = '2026-07-28';

/** One call of its tool. */
export const call: string = JSON.stringify({
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

/** The headers of that call. */
export const headersWith = (token: string): Record<string, string> => ({
  host: new URL(resource).host,
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': version,
  'mcp-method': 'tools/call',
  'mcp-name': 'weather',
});

/** @throws unless it is the answer to that call. */
export function checkAnswer(answer: string): void {
  if (!answer.includes('Sun in Lisbon')) throw new Error(`Not answered: ${answer}`);
}
