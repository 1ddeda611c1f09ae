import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { UrlElicitationRequiredError as UrlRequiredV1 } from '@modelcontextprotocol/sdk/types.js';
import {
  createMcpHandler,
  inputRequired,
  McpServer,
  UrlElicitationRequiredError,
} from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HandlerContext, McpEndpoint, SdkGeneration } from '../index.js';
import { statelessEndpoint } from '../v1/index.js';
import { call, callTool, messageOf } from './calls.js';
import type { FixtureOptions, Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const policy: FixtureOptions['policy'] = { tools: { begin: [], add: [], connect: [] } };
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const basket = { basket: z.string() };
const message = 'Connect your calendar.';

/** `begin` gives a basket, `add` takes one, `connect` sends the person to a page. */
function shop(sdk: SdkGeneration, auth: () => Host['auth']): McpEndpoint {
  const begin = async (ctx: HandlerContext) => {
    const { principal } = auth().context(ctx);
    return text(await auth().handles.mint(principal, `basket of ${principal.subject}`));
  };
  const add = async (ctx: HandlerContext, handle: string) => {
    const value = await auth().handles.open(auth().context(ctx).principal, handle);
    return value === undefined
      ? { ...text('There is no such basket.'), isError: true }
      : text(value);
  };
  const pageFor = async (ctx: HandlerContext) => {
    const { principal } = auth().context(ctx);
    const state = await auth().handles.mint(principal, 'calendar', { holder: 'person' });
    return { elicitationId: 'e-1', url: `https://mcp.example.com/connect?state=${state}` };
  };
  if (sdk === 'v1') {
    return statelessEndpoint(() => {
      const server = new McpServerV1({ name: 'shop', version: '1.0.0' });
      server.registerTool('begin', {}, (extra) => begin(extra));
      server.registerTool('add', { inputSchema: basket }, (args, extra) => add(extra, args.basket));
      server.registerTool('connect', {}, async (extra) => {
        throw new UrlRequiredV1([{ mode: 'url', message, ...(await pageFor(extra)) }]);
      });
      return server;
    });
  }
  return createMcpHandler(({ era }) => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' });
    server.registerTool('begin', {}, (ctx) => begin(ctx));
    const inputSchema = z.object(basket);
    server.registerTool('add', { inputSchema }, (args, ctx) => add(ctx, args.basket));
    server.registerTool('connect', {}, async (ctx) => {
      const page = await pageFor(ctx);
      if (era === 'legacy') {
        throw new UrlElicitationRequiredError([{ mode: 'url', message, ...page }]);
      }
      const calendar = inputRequired.elicitUrl({ message, url: page.url });
      return inputRequired({ inputRequests: { calendar } });
    });
    return server;
  }).fetch;
}

onEveryHost(({ eras, sdk, issuer, start, mint }) => {
  async function startShop() {
    let auth: Host['auth'] | undefined;
    const host = await start(
      { policy },
      shop(sdk, () => auth as Host['auth']),
    );
    auth = host.auth;
    const other = (claims: object) => issuer().mint({ claims: { aud: host.url, ...claims } });
    return { host, alice: await mint(host), bob: await other({ sub: 'bob' }), other };
  }

  describe.each(eras)('%s', (era) => {
    it('leads to what it stands for in the hands of its holder alone (RS-108, ATK-82)', async () => {
      const { host, alice, bob, other } = await startShop();
      const words = async (token: string, name: string, args: object) => {
        const { result } = messageOf(await callTool(host, era, token, name, args));
        return (result as { content: { text: string }[] }).content[0]?.text ?? '';
      };
      const handle = await words(alice, 'begin', {});
      expect(handle).not.toContain('user-1');
      const add = (token: string, what = handle) => words(token, 'add', { basket: what });
      // Another token of hers, as after a refresh.
      expect([await add(alice), await add(await mint(host, 'mcp:tools:*'))]).toEqual([
        'basket of user-1',
        'basket of user-1',
      ]);
      const foreign = [
        bob,
        await other({ client_id: 'client-2' }),
        await other({ sub: 'client-1' }),
      ];
      for (const token of foreign) expect(await add(token)).toBe('There is no such basket.');
      for (const guess of ['1', 'basket of user-1', `${handle}A`, handle.toLowerCase()]) {
        expect(await add(alice, guess)).toBe('There is no such basket.');
      }
    });

    it('sends a person to a page that opens for nobody else, in the words of the revision (RS-109, REV-27, ATK-92)', async () => {
      const { host, alice } = await startShop();
      const answer = await call(host, {
        ...{ era, method: 'tools/call', token: alice },
        params: {
          ...{ name: 'connect', arguments: {} },
          _meta: { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } } },
        },
      });
      const { result, error } = messageOf(answer) as Record<string, Record<string, unknown>>;
      const url = expect.stringMatching(
        /^https:\/\/mcp\.example\.com\/connect\?state=[A-Za-z0-9_-]{40,}$/,
      );
      if (era === 'modern') {
        expect([error, result]).toMatchObject([
          undefined,
          {
            resultType: 'input_required',
            inputRequests: { calendar: { params: { mode: 'url', message, url } } },
          },
        ]);
      } else {
        expect([result, error]).toMatchObject([
          undefined,
          { code: -32042, data: { elicitations: [{ mode: 'url', elicitationId: 'e-1', url }] } },
        ]);
      }
      const [, state = ''] = /state=([\w-]+)/.exec(answer.text) ?? [];
      const { issuer: signedInAt } = issuer();
      const open = (subject: string) =>
        host.auth.handles.open({ issuer: signedInAt, subject }, state);
      expect([await open('bob'), await open('user-1')]).toEqual([undefined, 'calendar']);
      expect(answer.text).not.toContain('user-1');
    });
  });
});
