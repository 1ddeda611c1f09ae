import {
  auth,
  Client,
  ClientCredentialsProvider,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../scopes.js';
import { startApp } from './app.harness.js';
import { callWith } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

const secret = 'a-secret-of-32-characters-or-more';

describe('the machine of the app', () => {
  it('runs every workflow by its secret and writes reports, and nothing else: no news (EXT-01, EXT-06, EXT-07)', async () => {
    const app = await startApp({ MACHINE_CLIENT_SECRET: secret });
    const requests: string[] = [];
    const provider = new ClientCredentialsProvider({
      ...{ clientId: 'nightly-report', clientSecret: secret },
      expectedIssuer: app.origin,
    });
    // The challenge names what people begin with, and this client would ask for that.
    await auth(provider, { serverUrl: app.resource, scope: 'mcp:exec:workflows:*' });
    const transport = new StreamableHTTPClientTransport(new URL(app.resource), {
      authProvider: provider,
      fetch(input, init) {
        requests.push(new URL(String(input)).pathname);
        return fetch(input, init);
      },
    });
    const client = new Client(
      { name: 'nightly', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(transport);
    expect(client.getServerCapabilities()?.extensions).toEqual({
      'io.modelcontextprotocol/oauth-client-credentials': {},
    });
    expect(await provider.tokens()).not.toHaveProperty('refresh_token');
    for (const workflow of ['daily-digest', 'portfolio-report', 'backfill-scores']) {
      const result = await client.callTool({ name: 'run_workflow', arguments: { workflow } });
      expect(result.isError, workflow).toBeFalsy();
    }

    requests.length = 0;
    const csv = 'publishedAt,title\n2026-11-01,Profit rises';
    const refusal = await client
      .callTool({ name: 'import_news', arguments: { csv } })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SdkHttpError);
    expect((refusal as SdkHttpError).status).toBe(403);
    // It asks nobody, and does not try again.
    expect(requests).toEqual(['/mcp']);
    expect(app.audit.events.at(-1)).toMatchObject({
      kind: 'decision',
      outcome: 'denied',
      actor: { kind: 'client', subject: 'nightly-report', clientId: 'nightly-report' },
      missing: ['mcp:tools:import_news', 'mcp:resources:news:write'],
    });
    await client.close();
    await app.close();
  });
});

describe('a machine', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld((origin) => ({
      resources: [{ resource: `${origin}/archive`, name: 'Archive', scopes }],
    }));
    await world.provider.clients.put({
      clientId: 'robot',
      name: 'Robot',
      scopes: ['mcp:exec:workflows:*'],
      authentication: { method: 'client_secret_basic', secret },
    });
  });
  afterAll(() => world.close());

  /** Asks for a token for one server. */
  async function askFor(resource: string): Promise<Response> {
    return fetch(`${world.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`robot:${secret}`).toString('base64')}` },
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', scope: 'mcp:exec:workflows:*' },
        resource,
      }),
    });
  }

  async function statusWith(response: Response): Promise<number> {
    const { access_token } = (await response.json()) as { access_token: string };
    const { status } = await callWith(world.resource, { authorization: `Bearer ${access_token}` });
    return status;
  }

  it('opens nothing here with a token for another server (EXT-05, RS-37)', async () => {
    expect(await statusWith(await askFor(world.resource))).toBe(200);
    expect(await statusWith(await askFor(`${world.origin}/archive`))).toBe(401);
    expect(world.audit.events.at(-1)).toMatchObject({ reason: 'audience_mismatch' });
  });

  it('is out at once when the operator removes it (ATK-50)', async () => {
    const before = await askFor(world.resource);
    await world.provider.clients.remove('robot');
    expect(await statusWith(before)).toBe(401);
    const after = await askFor(world.resource);
    expect([after.status, await after.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  });
});
