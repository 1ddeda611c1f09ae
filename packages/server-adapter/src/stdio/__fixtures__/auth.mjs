// The auth of both servers, by what the environment says: PRINCIPAL holds the scopes of an explicit principal, MCP_TOKEN a token.
import './typescript.mjs';
import { auditLine, defineScopes } from '@portcullis/core';
import { createJwtVerifier, createRemoteKeys, principalFromJwt } from '@portcullis/core/jwt';

const [{ createMcpAuth }, { stdioPrincipal }] = await Promise.all([
  import('../../index.ts'),
  import('../index.ts'),
]);

const { ISSUER = 'http://127.0.0.1:9', PRINCIPAL, MCP_TOKEN } = process.env;
const keys = createRemoteKeys({ issuer: ISSUER });
const verifier = createJwtVerifier({ issuer: ISSUER, keys });

export const auth = createMcpAuth({
  resource: 'http://127.0.0.1:4321/mcp',
  provider: {
    specificationVersion: 'v1',
    id: 'fixture',
    authorizationServers: [ISSUER],
    async verify(token, context) {
      const answer = await verifier.verify(token.value, context);
      return answer.kind === 'verified' ? principalFromJwt(answer, {}) : answer;
    },
  },
  scopes: defineScopes({
    'mcp:tools:weather': { description: 'Look up the weather.' },
    'mcp:tools:payroll': { description: 'See what people earn.' },
    'mcp:resources:notes:read': { description: 'Read notes.' },
  }),
  policy: {
    tools: { weather: ['mcp:tools:weather'], payroll: ['mcp:tools:payroll'], ask: [], whoami: [] },
    resources: { 'notes://{id}': ['mcp:resources:notes:read'] },
  },
  // Standard output is the protocol's.
  audit: [
    { onFailure: 'block', write: (event) => void process.stderr.write(`${auditLine(event)}\n`) },
  ],
});

/** @type {import('../index.ts').IdentityOptions} */
export const identity = {
  token: MCP_TOKEN,
  principal:
    PRINCIPAL === undefined
      ? undefined
      : stdioPrincipal({ subject: 'local:ada', scopes: PRINCIPAL.split(' ') }),
};

const text = (value) => ({ content: [{ type: 'text', text: value }] });

/** The same tools for either SDK. `ask` asks the client something, and says what it answered. */
export function register(server, { resourceTemplate, ask }) {
  server.registerTool('weather', { description: 'w' }, () => text('sunny'));
  server.registerTool('payroll', { description: 'p' }, () => text('a lot'));
  server.registerTool('hidden', { description: 'h' }, () => text('hidden'));
  server.registerTool('whoami', { description: 'm' }, (ctx) => {
    const { principal } = auth.context(ctx);
    return text(`${principal.subject} ${JSON.stringify(ctx).includes('eyJ')}`);
  });
  server.registerTool('ask', { description: 'a' }, async (ctx) => text(await ask(ctx)));
  server.registerResource('note', resourceTemplate, {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'note' }],
  }));
  return server;
}
