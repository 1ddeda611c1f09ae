import { startFakeServer } from '@portcullis/core/testing';
import { createFakeScalekit, type FakeScalekit } from '@portcullis/provider-scalekit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basics, portcullis } from '../../session.harness.js';

let fake: FakeScalekit;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  fake = await createFakeScalekit();
  fake.environment.resources.clear();
  const { clientId, clientSecret } = fake.environment.credentials;
  env = {
    ...{ SCALEKIT_ENVIRONMENT_URL: fake.url, SCALEKIT_CLIENT_ID: clientId },
    SCALEKIT_CLIENT_SECRET: clientSecret,
  };
});
afterEach(() => fake.close());

const setup = (...words: readonly string[]) =>
  portcullis(['setup', 'scalekit', ...basics, ...words], env, { retries: 0 });
const writes = () =>
  fake.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));

describe('setup scalekit', () => {
  it('shows the difference and changes nothing', async () => {
    const { code, out, err } = await setup();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Scalekit environment ${fake.url}, for https://finance.example.com/mcp

Scope mcp:tools:weather
  + scope mcp:tools:weather "Look up the weather for a place you name."
      A scope has to exist in the environment before an MCP server can offer it.

Scope mcp:tools:pay
  + scope mcp:tools:pay "Pay what you approve."
      A scope has to exist in the environment before an MCP server can offer it.

MCP server https://finance.example.com/mcp
  + MCP server https://finance.example.com/mcp
      Scalekit issues no token for this server before it knows it.
  + offers mcp:tools:weather
  + offers mcp:tools:pay
      A client is not granted a scope that its MCP server does not offer.
  + access_token_expiry 3600
      Tokens cannot be taken back: they should live an hour at most.
  + dynamic registration on
      Without it a client that nobody registered has no way to introduce itself.
  + client id documents on
      Without it no client can be known by the URL of its document.
  · scope mcp:exec:workflows:* is not registered
      A wildcard is a grant of your own; Scalekit compares scopes letter by letter.

8 to create.
Nothing was changed. Run the same with --apply to do it.
`);
    expect(writes()).toEqual([]);
  });

  it('applies it, finds nothing to do afterwards, and notices drift', async () => {
    expect((await setup('--check')).code).toBe(1);
    const applied = await setup('--apply');
    expect(applied).toMatchObject({ code: 0, err: '' });
    const [server] = fake.environment.resources.values();
    expect(applied.out).toContain(`
Applying
  done       Scope mcp:tools:weather
  done       Scope mcp:tools:pay
  done       MCP server https://finance.example.com/mcp

The app needs
  SCALEKIT_ENVIRONMENT_URL=${fake.url}
  SCALEKIT_RESOURCE_ID=${server?.id}
  scalekitProviderFromEnv()
`);
    expect(server).toMatchObject({
      ...{ resource_uri: 'https://finance.example.com/mcp', access_token_expiry: 3600 },
      ...{ disable_dynamic_client_registration: false, enable_cimd: true },
    });
    const before = writes().length;
    expect(before).toBe(3);
    expect((await setup('--check')).out).toMatch(/\nNothing to do\.\n$/);
    expect((await setup('--apply')).code).toBe(0);
    expect(writes()).toHaveLength(before);

    fake.environment.resources.set(server!.id, { ...server!, enable_cimd: false });
    const drift = await setup('--check');
    expect(drift.code).toBe(1);
    expect(drift.out).toContain('~ client id documents: off -> on\n');
  });

  it('finds a server on the second page, and by the id that is given', async () => {
    const { addResource } = await import('@portcullis/provider-scalekit/testing');
    for (let count = 0; count < 35; count += 1) {
      addResource(fake.environment, { resource_uri: `https://a${count}.example/mcp` });
    }
    const last = addResource(fake.environment, { resource_uri: 'https://finance.example.com/mcp' });
    const { out } = await setup();
    expect(out).toContain(
      'MCP server https://finance.example.com/mcp\n  + offers mcp:tools:weather',
    );
    env = { ...env, SCALEKIT_RESOURCE_ID: last.id };
    expect((await setup('--apply')).out).toContain(`SCALEKIT_RESOURCE_ID=${last.id}\n`);
    env = { ...env, SCALEKIT_RESOURCE_ID: 'res_1' };
    expect(await setup('--apply')).toMatchObject({
      code: 2,
      err: 'SCALEKIT_RESOURCE_ID names no MCP server of this environment. Correct it, or leave it out to have one found by its Server URL, or created.\nNothing was changed.\n',
    });
  });

  it('names every variable that is missing', async () => {
    env = {};
    expect((await setup()).err).toBe(`Cannot set up:
  SCALEKIT_ENVIRONMENT_URL is missing. It is in the dashboard under Settings > API Credentials.
  SCALEKIT_CLIENT_ID is missing. It is in the dashboard under Settings > API Credentials.
  SCALEKIT_CLIENT_SECRET is missing. It is in the dashboard under Settings > API Credentials.
Without credentials, --instructions writes down what has to be done.
`);
  });

  it('says that the credentials are wrong', async () => {
    env = { ...env, SCALEKIT_CLIENT_SECRET: 'wrong-secret' };
    expect(await setup('--apply')).toEqual({
      ...{ code: 2, out: '' },
      err: 'Scalekit does not accept the credentials. Check SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET.\nNothing was changed.\n',
    });
  });

  it.each(['down', 'html', 'empty_object', 'redirect', 'status_500', 'huge'] as const)(
    'takes no verdict from a Scalekit that is broken: %s',
    async (fault) => {
      fake.breakWith(fault, 'other');
      const { code, out, err } = await setup('--apply');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^Scalekit (could not be reached|answered with status 500)/);
      expect(err).toMatch(/\nNothing was changed\.\n$/);
      expect(fake.redirected).toBe(0);
    },
  );

  it('asks again when Scalekit is too fast for it, and gives up in the end', async () => {
    let refusals = 2;
    const proxy = await startFakeServer({
      areaOf: () => 'other',
      async handle(request) {
        refusals -= 1;
        if (refusals >= 0) {
          return Response.json({}, { status: 429, headers: { 'retry-after': '0' } });
        }
        const { pathname, search } = new URL(request.url);
        const body = request.method === 'GET' ? {} : { body: await request.text() };
        const { method, headers } = request;
        const kept = ['authorization', 'content-type'].map((name) => [
          name,
          headers.get(name) ?? '',
        ]);
        const sent = kept.filter(([, value]) => value) as [string, string][];
        return fetch(`${fake.url}${pathname}${search}`, { method, headers: sent, ...body });
      },
    });
    const words = ['setup', 'scalekit', ...basics, '--check'];
    const behind = { ...env, SCALEKIT_ENVIRONMENT_URL: proxy.origin };
    expect((await portcullis(words, behind, { retries: 2 })).code).toBe(1);
    refusals = 9;
    expect(await portcullis(words, behind, { retries: 2 })).toEqual({
      ...{ code: 2, out: '' },
      err: 'Scalekit answered 429: it is asked again.\nScalekit answered 429: it is asked again.\nScalekit answers too many requests at the moment, and could not get a token for the environment. Wait a minute and try again.\nNothing was changed.\n',
    });
    await proxy.close();
  });

  it('has no Terraform, and writes steps for the dashboard', async () => {
    env = {};
    expect(await setup('--terraform')).toEqual({
      ...{ code: 2, out: '' },
      err: 'Cannot set up:\n  --terraform is not to be had: Scalekit documents no provider for Terraform. Use --apply or --instructions.\n',
    });
    expect((await setup('--instructions')).out).toBe(`Scalekit for https://finance.example.com/mcp

1. MCP Servers > Add MCP server
     Server name: finance.example.com/mcp
     Server URL: https://finance.example.com/mcp  (exactly so: it is compared byte for byte)

2. That MCP server > Scopes: add each with its description
     mcp:tools:weather  Look up the weather for a place you name.
     mcp:tools:pay  Pay what you approve.

3. That MCP server > Advanced settings
     Dynamic client registration: on
     Client ID Metadata Document (CIMD): on
     Access token lifetime: 3600 seconds

4. Give the app the environment and the id of the MCP server
     SCALEKIT_ENVIRONMENT_URL=https://<environment>.scalekit.com
     SCALEKIT_RESOURCE_ID=res_<digits>
`);
  });
});
