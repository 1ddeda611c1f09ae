import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { statefulEndpoint, statelessEndpoint } from '@portcullis/server-adapter/v1';
import { z } from 'zod';
import type { SoundOptions } from './sound.js';

/** The same server on `@modelcontextprotocol/sdk`. */
function buildServer(): McpServer {
  const server = new McpServer({ name: 'sound', version: '1.0.0' });
  for (const name of ['whoami', 'weather', 'payroll', 'hidden']) {
    server.registerTool(name, { description: name }, () => ({
      content: [{ type: 'text', text: name }],
    }));
  }
  const inputSchema = { region: z.string() };
  server.registerTool('by_region', { description: 'r', inputSchema }, (input) => ({
    content: [{ type: 'text', text: input.region }],
  }));
  const template = new ResourceTemplate('notes://box/{id}', { list: undefined });
  server.registerResource('note', template, {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'note' }],
  }));
  server.registerPrompt('brief', { description: 'b' }, () => ({ messages: [] }));
  return server;
}

/** Without sessions. */
export const statelessV1 = (): SoundOptions => ({
  ...{ sdk: 'v1', endpoint: statelessEndpoint(buildServer) },
});

/** With sessions. */
export const statefulV1 = (): SoundOptions => ({
  ...{ sdk: 'v1', endpoint: statefulEndpoint(buildServer), sessions: true },
});
