import { randomUUID } from 'node:crypto';
import {
  auth,
  Client,
  CrossAppAccessProvider,
  InsufficientScopeError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { embeddedAccounts } from '@portcullis/provider-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, startAuthority } from './authority.harness.js';
import { ada, callWith } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

const clientSecret = 'a-secret-of-more-than-22-characters';

/** The identity provider of Ada's company. */
let company: Authority;
let world: World;

beforeAll(async () => {
  company = await startAuthority();
  world = await startWorld(() => ({
    // What Ada may allow at all.
    accounts: embeddedAccounts([
      { ...ada, scopes: ['mcp:tools:*', 'mcp:resources:news:read', 'mcp:resources:news:write'] },
    ]),
    identityProviders: [
      {
        issuer: company.issuer,
        account: ({ subject }) => (subject === 'ada-at-work' ? 'user:ada' : undefined),
      },
    ],
    clients: [
      {
        clientId: 'desktop',
        name: 'Desktop',
        grantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
        // What the operator allows the client at most.
        scopes: [
          ...['mcp:tools:analyze_sentiment', 'mcp:tools:search_news', 'mcp:tools:import_news'],
          ...['mcp:resources:news:read', 'mcp:resources:audit:read'],
        ],
        authentication: { method: 'client_secret_basic', secret: clientSecret },
      },
    ],
  }));
});
afterAll(async () => {
  await world.close();
  await company.close();
});

/** The official client, whose company vouches for this person with these scopes. It asks for what is wanted of it. */
async function connect(sub: string, asserted: readonly string[], wanted: readonly string[]) {
  const authProvider = new CrossAppAccessProvider({
    clientId: 'desktop',
    clientSecret,
    expectedIssuer: world.origin,
    assertion({ authorizationServerUrl, resourceUrl }) {
      const now = Math.floor(Date.now() / 1000);
      return company.signer.sign(
        {
          ...{ iss: company.issuer, sub, aud: authorizationServerUrl, client_id: 'desktop' },
          ...{ resource: resourceUrl, scope: asserted.join(' ') },
          ...{ jti: randomUUID(), iat: now, exp: now + 300 },
        },
        { header: { typ: 'oauth-id-jag+jwt' } },
      );
    },
  });
  await auth(authProvider, { serverUrl: world.resource, scope: wanted.join(' ') });
  const client = new Client({ name: 'desktop', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(world.resource), {
      authProvider,
      onInsufficientScope: 'throw',
    }),
  );
  return { client, tokens: authProvider.tokens() };
}

describe('a company that vouches for its people (ID-JAG)', () => {
  it('brings a person in without a page, with what everybody allows (EXT-22, EXT-27, EXT-29)', async () => {
    const { client, tokens } = await connect(
      'ada-at-work',
      [
        ...['mcp:tools:analyze_sentiment', 'mcp:tools:search_news', 'mcp:resources:news:read'],
        ...['mcp:tools:compare_tickers', 'mcp:resources:audit:read'],
      ],
      [
        ...['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'],
        'mcp:tools:import_news', // not asserted
        'mcp:tools:compare_tickers', // not allowed to the client
        'mcp:resources:audit:read', // not allowed to Ada
      ],
    );
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      scope: 'mcp:tools:analyze_sentiment mcp:resources:news:read',
    });
    expect(tokens).not.toHaveProperty('refresh_token');

    expect(await client.callTool({ name: 'whoami', arguments: {} })).toMatchObject({
      structuredContent: {
        subject: 'user:ada',
        actor: 'user',
        clientId: 'desktop',
        scopes: ['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'],
      },
    });
    const texts = ['Quillmoor Bank beats estimates'];
    expect(
      await client.callTool({ name: 'analyze_sentiment', arguments: { texts } }),
    ).toMatchObject({ structuredContent: { results: [{ label: 'positive' }] } });
    const search = client.callTool({ name: 'search_news', arguments: {} });
    await expect(search).rejects.toBeInstanceOf(InsufficientScopeError);
    await client.close();
  });

  it('brings nobody in whom we do not know (EXT-32)', async () => {
    const scope = ['mcp:tools:analyze_sentiment'];
    await expect(connect('mallory', scope, scope)).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('ends with the person here, whatever the company still says', async () => {
    const scope = ['mcp:tools:analyze_sentiment'];
    const { client, tokens } = await connect('ada-at-work', scope, scope);
    const authorization = `Bearer ${tokens?.access_token}`;
    expect((await callWith(world.resource, { authorization })).status).toBe(200);
    await world.provider.revoke({ subject: 'user:ada' });
    expect((await callWith(world.resource, { authorization })).status).toBe(401);
    await client.close();
  });
});
