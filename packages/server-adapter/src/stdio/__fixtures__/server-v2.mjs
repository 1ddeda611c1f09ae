import './typescript.mjs';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { auth, identity, register } from './auth.mjs';

const { protectTransport } = await import('../index.ts');

const buildServer = () =>
  register(new McpServer({ name: 'fixture', version: '1.0.0' }), {
    resourceTemplate: new ResourceTemplate('notes://{id}', { list: undefined }),
    async ask({ mcpReq }) {
      const { roots } = await mcpReq.send({ method: 'roots/list' });
      return roots.map(({ uri }) => uri).join(' ');
    },
  });
const transport = await protectTransport(auth, new StdioServerTransport(), identity);
serveStdio(transport.serving(buildServer), { transport });
