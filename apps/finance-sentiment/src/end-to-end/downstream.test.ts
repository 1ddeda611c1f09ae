import { Client, DpopSession, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { createGate, defineScopes } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import { createMcpAuth } from '@portcullis/server-adapter';
import { toExpress } from '@portcullis/server-adapter/express';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callWith, type SignedIn, signIn } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

const scopes = defineScopes({
  'mcp:tools:briefing': { description: 'Write a briefing for you.' },
  'mcp:resources:archive:read': { description: 'Read what was written before.' },
});
const forFinance = ['mcp:tools:analyze_sentiment'];
const forArchive = ['mcp:resources:archive:read'];

let world: World;
let briefing: string;
let archive: string;
let person: SignedIn;
/** Every request that the briefing server made: address, headers and body. */
const sent: { readonly url: string; readonly token: string; readonly whole: string }[] = [];

/** One issuer, and three servers that trust it: the person calls one of them, which asks the other two for her. */
beforeAll(async () => {
  world = await startWorld((origin) => {
    const exchange = [
      { audience: `${origin}/mcp`, scopes: forFinance },
      { audience: `${origin}/archive`, scopes: forArchive },
    ];
    const server = { clientId: 'briefing-server', exchange };
    return {
      // For the one client below that binds its token.
      dpop: true,
      resources: [
        { resource: `${origin}/briefing`, name: 'Briefing', scopes, server },
        { resource: `${origin}/archive`, name: 'Archive', scopes },
      ],
    };
  });
  briefing = `${world.origin}/briefing`;
  archive = `${world.origin}/archive`;
  mountBriefing();
  mountArchive();
  person = await signIn(briefing, { scopes: ['mcp:tools:briefing'] });
});
afterAll(async () => {
  await person.client.close();
  await world.close();
});

/** An MCP server whose one tool needs two others. */
function mountBriefing(): void {
  const { provider, audit } = world;
  const policy = { tools: { briefing: ['mcp:tools:briefing'], greedy: [] } } as const;
  const auth = createMcpAuth({
    ...{ resource: briefing, provider, scopes, policy, audit: [audit] },
    proofs: dpopProofs(),
  });
  const endpoint = createMcpHandler(() => {
    const server = new McpServer({ name: 'briefing', version: '1.0.0' });
    server.registerTool('briefing', { description: 'Writes a briefing.' }, async (ctx) => {
      const { downstream } = auth.context(ctx);
      const finance = await downstream(world.resource, forFinance);
      const old = await downstream(archive, forArchive);
      const text = JSON.stringify({
        finance: await askFinance(finance.value),
        archive: await askArchive(old.value),
      });
      return { content: [{ type: 'text', text }] };
    });
    server.registerTool('greedy', { description: 'Asks for too much.' }, async (ctx) => {
      const { downstream } = auth.context(ctx);
      const text = (await downstream(world.resource, ['mcp:tools:import_news'])).value;
      return { content: [{ type: 'text', text }] };
    });
    return server;
  });
  world.app.use(toExpress(auth.protect(endpoint.fetch)));
}

/** A resource without MCP, behind a gate alone: it says for whom it was asked, and through whom. */
function mountArchive(): void {
  const gate = createGate({ resource: archive, provider: world.provider, scopes });
  world.app.get('/archive', async ({ headers }, response) => {
    const { authorization = '' } = headers;
    const caller = await gate.authenticate(new Request(archive, { headers: { authorization } }));
    if (caller.kind === 'challenge') return void response.status(caller.status).end();
    const { subject, clientId, scopes: granted, claims } = caller.principal;
    response.json({ subject, clientId, granted, act: claims.act });
  });
}

/** Sends a request of the briefing server, and keeps all of it. */
async function send(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { url, headers } = request;
  const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
  const whole = JSON.stringify([url, [...headers], await request.clone().text()]);
  sent.push({ url, token, whole });
  return fetch(request);
}

async function askFinance(token: string): Promise<unknown> {
  const client = new Client({ name: 'briefing', version: '1.0.0' });
  const authProvider = { token: async () => token };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(world.resource), { authProvider, fetch: send }),
  );
  const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} });
  await client.close();
  return structuredContent;
}

async function askArchive(token: string): Promise<unknown> {
  return (await send(archive, { headers: { authorization: `Bearer ${token}` } })).json();
}

/** What the tool said. */
async function call(
  name: string,
  { client } = person,
): Promise<{ readonly isError: boolean; readonly text: string }> {
  const { content, isError = false } = await client.callTool({ name, arguments: {} });
  const [part] = content;
  return { isError, text: part?.type === 'text' ? part.text : '' };
}

describe('a tool that calls other servers for its caller', () => {
  it('is somebody there, with the person behind it and scopes of its own', async () => {
    const { finance, archive: old } = JSON.parse((await call('briefing')).text);
    expect(finance).toMatchObject({
      subject: 'user:ada',
      actor: 'user',
      clientId: 'briefing-server',
      scopes: ['mcp:tools:analyze_sentiment'],
    });
    expect(old).toEqual({
      subject: 'user:ada',
      clientId: 'briefing-server',
      granted: ['mcp:resources:archive:read'],
      act: { sub: 'briefing-server' },
    });
  });

  it('never passes the inbound token on (RS-65, ATK-49)', async () => {
    sent.length = 0;
    const { text } = await call('briefing');
    expect(sent.map(({ url }) => new URL(url).pathname)).toContain('/archive');
    for (const { url, token, whole } of sent) {
      expect(whole).not.toContain(person.token());
      expect(decodeJwt(token).aud).toBe(url);
    }
    expect(text).not.toContain('eyJ');
    expect(JSON.stringify(world.audit.events)).not.toContain('eyJ');
  });

  it('could not have used it there (RS-53, ATK-44)', async () => {
    const authorization = `Bearer ${person.token()}`;
    expect((await callWith(world.resource, { authorization })).status).toBe(401);
    expect((await fetch(archive, { headers: { authorization } })).status).toBe(401);
  });

  it('gets nothing beyond what the operator wrote down', async () => {
    const { isError, text } = await call('greedy');
    expect(isError).toBe(true);
    expect(text).toBe(
      'The issuer gave no token for the other server; its error code is invalid_scope.',
    );
  });

  it('turns no bound token into one that anybody can use', async () => {
    const dpop = await DpopSession.create();
    const bound = await signIn(briefing, { scopes: ['mcp:tools:briefing'], dpop });
    expect(bound.memory.currentTokens?.token_type).toBe('DPoP');
    expect(await call('briefing', bound)).toEqual({
      isError: true,
      text: 'The issuer gave no token for the other server; its error code is invalid_request.',
    });
    const refused = world.audit.events.findLast(({ kind }) => kind === 'issuer');
    expect(refused).toMatchObject({
      type: 'token_refused',
      detail: 'the subject token is bound to a key: prove one for the new token',
    });
    await bound.client.close();
  });

  it('has nothing left once the person is gone: the tokens it got end with hers', async () => {
    await call('briefing');
    const { token = '' } = sent.findLast(({ url }) => url === archive) ?? {};
    const ask = () => fetch(archive, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    await world.provider.revoke({ subject: 'user:ada' });
    expect((await ask()).status).toBe(401);
  });
});
