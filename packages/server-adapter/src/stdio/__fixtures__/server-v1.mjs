import './typescript.mjs';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { ListRootsResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { auth, identity, register } from './auth.mjs';

const { protectTransport } = await import('../index.ts');

const server = register(new McpServer({ name: 'fixture', version: '1.0.0' }), {
  resourceTemplate: new ResourceTemplate('notes://{id}', { list: undefined }),
  async ask({ sendRequest }) {
    const { roots } = await sendRequest({ method: 'roots/list' }, ListRootsResultSchema);
    return roots.map(({ uri }) => uri).join(' ');
  },
});
const transport = new StdioServerTransport();
await server.connect(await protectTransport(auth, transport, { ...identity, sdk: 'v1' }));
