import { createServer } from 'node:http';
import { DpopSession } from '@modelcontextprotocol/client';
import { type MemorySink, memorySink } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import { oidcProvider } from '@portcullis/provider-oidc';
import { toNodeListener } from '@portcullis/server-adapter/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, stop } from '../listening.js';
import { memoryStores } from '../memory-stores.harness.js';
import { isEmbeddedAdministrator } from '../owner.js';
import { protectMcp } from '../protected-mcp.js';
import { scopes } from '../scopes.js';
import { callWith, signIn } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

const clientSecret = 'what-the-issuer-knows-elsewhere-by';

/** The finance server once more, on an origin of its own: it shares neither process nor store with the issuer, and asks it. */
const server = createServer();
const stores = memoryStores();
const audit: MemorySink = memorySink();
let resource: string;
let world: World;
let mcp: ReturnType<typeof protectMcp>;

beforeAll(async () => {
  resource = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/mcp`;
  const authentication = { method: 'client_secret_basic', secret: clientSecret } as const;
  const access = { clientId: 'elsewhere', authentication };
  world = await startWorld(() => ({
    dpop: true,
    resources: [{ resource, name: 'Elsewhere', scopes, server: access }],
  }));
  mcp = protectMcp({
    resource,
    provider: oidcProvider({
      issuer: world.origin,
      introspection: { clientId: 'elsewhere', clientSecret, always: true, rememberSeconds: 0 },
    }),
    proofs: dpopProofs(),
    isAdministrator: isEmbeddedAdministrator,
    stores,
    recent: audit,
  });
  server.on('request', toNodeListener(mcp.handler));
});
afterAll(async () => {
  await mcp.close();
  await stop(server, 0);
  stores.close();
  await world.close();
});

describe('a server in another process', () => {
  it('takes bound tokens, and asks the issuer whether they still stand (RS-61, EXT-48, ATK-50)', async () => {
    const session = await DpopSession.create();
    const scopes = ['mcp:tools:analyze_sentiment'];
    const { client, token } = await signIn(resource, { scopes, dpop: session });
    expect(await client.callTool({ name: 'whoami', arguments: {} })).toMatchObject({
      structuredContent: { subject: 'user:ada', scopes: ['mcp:tools:analyze_sentiment'] },
    });
    /** Status, and what the operator reads. */
    async function call(headers: Readonly<Record<string, string>>) {
      const { status } = await callWith(resource, headers);
      const event = audit.events.findLast(({ kind }) => kind === 'decision');
      return [status, event?.kind === 'decision' && event.detail];
    }
    const proven = async () => ({
      authorization: `DPoP ${token()}`,
      dpop: await session.buildProof({ htm: 'POST', htu: resource, accessToken: token() }),
    });
    expect(await call(await proven())).toEqual([200, undefined]);
    expect(await call({ authorization: `Bearer ${token()}` })).toEqual([
      ...[401, 'The token is bound, and was sent as Bearer.'],
    ]);

    await world.provider.revoke({ subject: 'user:ada' });
    expect(await call(await proven())).toEqual([
      ...[401, 'The issuer says that the token is not active.'],
    ]);
    await client.close();
  });
});
