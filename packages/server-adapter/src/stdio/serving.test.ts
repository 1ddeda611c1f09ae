import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { defineScopes } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { envelope } from '../contract/calls.js';
import { createMcpAuth, type McpAuth } from '../index.js';
import type { JsonObject } from '../message/json-rpc.js';
import type { MessageTransport } from './message-transport.js';
import { protectTransport } from './protect-transport.js';
import { stdioPrincipal } from './stdio-principal.js';

let issuer: FakeIssuer;
let auth: McpAuth<'mcp:tools:a'>;
beforeAll(async () => {
  issuer = await createFakeIssuer();
  auth = createMcpAuth({
    resource: 'https://mcp.example.com/mcp',
    provider: issuer.provider(),
    scopes: defineScopes({ 'mcp:tools:a': { description: 'A.' } }),
    policy: { tools: { whoami: [] } },
  });
});
afterAll(() => issuer.close());

function buildServer(): McpServer {
  const server = new McpServer({ name: 'tests', version: '1.0.0' });
  server.registerTool('whoami', { description: 'w' }, (ctx) => ({
    content: [{ type: 'text', text: auth.context(ctx).principal.subject }],
  }));
  return server;
}

/** A server behind a connection of its own, and a way to ask it who calls. */
async function serve(subject: string, told: boolean) {
  const answers: JsonObject[] = [];
  const servers: McpServer[] = [];
  const build = () => {
    const server = buildServer();
    servers.push(server);
    return server;
  };
  const wire: MessageTransport<JsonObject> = {
    start: async () => {},
    send: async (message) => void answers.push(message),
    close: async () => wire.onclose?.(),
  };
  const principal = stdioPrincipal({ subject, scopes: [] });
  const transport = await protectTransport(auth, wire, { principal });
  const factory = told ? transport.serving(build) : build;
  const server = serveStdio(factory, { transport: transport as MessageTransport });
  return {
    async whoami(id: number) {
      const params = { name: 'whoami', arguments: {}, _meta: envelope };
      wire.onmessage?.({ jsonrpc: '2.0', id, method: 'tools/call', params });
      return vi.waitFor(() => {
        const answer = answers.find((message) => message.id === id);
        if (!answer) throw new Error('not yet');
        return answer.result as JsonObject;
      });
    },
    ...{ answers, servers },
    receive: (message: JsonObject) => wire.onmessage?.(message),
    close: () => server.close(),
  };
}

it('tells each connection its own caller, and each message its own', async () => {
  const [ada, bob] = await Promise.all([serve('ada', true), serve('bob', true)]);
  const asked = [1, 2, 3].flatMap((id) => [ada.whoami(id), bob.whoami(id)]);
  const text = (subject: string) => ({ content: [{ type: 'text', text: subject }] });
  expect(await Promise.all(asked)).toMatchObject(
    ['ada', 'bob', 'ada', 'bob', 'ada', 'bob'].map(text),
  );
  await Promise.all([ada.close(), bob.close()]);
});

it('leaves a handler without a caller where nobody tells it, and so without an answer', async () => {
  const server = await serve('ada', false);
  expect(await server.whoami(1)).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('over stdio through the "serving" of') }],
  });
  await server.close();
});

it('lets a subscription of 2026-07-28 be told what changed, and ends it with the connection', async () => {
  const { answers, servers, receive, whoami, close } = await serve('ada', true);
  const notifications = { toolsListChanged: true };
  const params = { notifications, _meta: envelope };
  receive({ jsonrpc: '2.0', id: 'tools', method: 'subscriptions/listen', params });
  await whoami(1);
  servers[0]?.sendToolListChanged();
  await close();
  expect(answers.map(({ id, method }) => method ?? id)).toEqual([
    'notifications/subscriptions/acknowledged',
    1,
    'notifications/tools/list_changed',
    'tools',
  ]);
});
