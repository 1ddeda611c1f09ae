import { addMachine, createFakeAuth0, type FakeAuth0 } from '@portcullis/provider-auth0/testing';
import { createFakeScalekit, type FakeScalekit } from '@portcullis/provider-scalekit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smoke } from './smoke.js';
import type { Variables } from './variables.js';

const resource = 'https://finance.example.com/mcp';

async function ask(vendor: string, env: Variables) {
  let [out, err] = ['', ''];
  const code = await smoke(vendor, {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const outcomes = (out: string) => out.match(/^(pass|fail|skipped)(?= {2,})/gm) ?? [];

/** Every value of an environment variable and every token must stay out of the table. */
function expectNoValues(out: string, env: Variables) {
  const secrets = Object.entries(env).filter(([name]) => /SECRET|TOKEN|CLIENT_ID/.test(name));
  for (const [, value = ''] of secrets) expect(out).not.toContain(value);
  expect(out).not.toMatch(/eyJ|usr_\d|org_\d|auth0\|/);
}

describe('smoke:auth0', () => {
  let fake: FakeAuth0;
  let env: Variables;
  beforeEach(async () => {
    fake = await createFakeAuth0({ api: { identifier: resource, scopes: ['mcp:tools:weather'] } });
    addMachine(fake.tenant, {
      ...{ client_id: 'machine-one', client_secret: 's3cret-of-one', audience: resource },
      scope: ['mcp:tools:weather'],
    });
    env = {
      ...{ AUTH0_DOMAIN: fake.issuer, AUTH0_RESOURCE: resource },
      ...{ AUTH0_MACHINE_CLIENT_ID: 'machine-one', AUTH0_MACHINE_CLIENT_SECRET: 's3cret-of-one' },
    };
  });
  afterEach(() => fake.close());

  it('passes whole against the fake', async () => {
    const token = await fake.mint({ scopes: ['mcp:tools:weather'] });
    const all = { ...env, AUTH0_USER_TOKEN: token, AUTH0_SMOKE_REGISTER: 'yes' };
    const { code, out } = await ask('auth0', all);
    expect(new Set(outcomes(out))).toEqual(new Set(['pass']));
    expect(code).toBe(0);
    expect(out).toMatch(/\n26 passed, 0 failed, 0 skipped\n$/);
    expect(out).toContain('token of a machine: typ at+jwt, alg RS256; aud text, client_id text, ');
    expectNoValues(out, all);
  });

  it('says why it skipped something, and registers nobody unasked', async () => {
    const { code, out } = await ask('auth0', env);
    expect(code).toBe(0);
    expect(out).toContain('AUTH0_USER_TOKEN is not set, or is no JWT');
    expect(out).toMatch(/\n18 passed, 0 failed, 8 skipped\n$/);
    expect(fake.requests.some(({ path }) => path === '/oidc/register')).toBe(false);
  });

  it('fails where the tenant is another than we assume', async () => {
    const api = [...fake.tenant.apis.values()].find(({ identifier }) => identifier === resource)!;
    fake.tenant.apis.set(api.id, { ...api, token_dialect: 'access_token' });
    fake.misname('https://elsewhere.example/');
    const { code, out } = await ask('auth0', env);
    expect(code).toBe(1);
    expect(out).toContain(
      'fail     docs   the issuer is https://<domain>/ with the slash at its end',
    );
    expect(out).toContain(
      'fail     docs   the API issues access tokens of RFC 9068 (typ at+jwt)\n',
    );
  });

  it('names every variable that is missing', async () => {
    expect(await ask('auth0', { AUTH0_DOMAIN: 'acme.eu.auth0.com', AUTH0_RESOURCE: '' })).toEqual({
      ...{ code: 2, out: '' },
      err: `These variables are missing:
  AUTH0_RESOURCE                 identifier of the API: the URL of the MCP server
  AUTH0_MACHINE_CLIENT_ID        a machine-to-machine application with a grant for it
  AUTH0_MACHINE_CLIENT_SECRET    its secret
These may be set too:
  AUTH0_USER_TOKEN               an access token of a person, for what only such a token shows
  AUTH0_SMOKE_REGISTER           yes: also registers a client, which stays behind
`,
    });
  });

  it('sends no secret in the clear', async () => {
    expect(await ask('auth0', { ...env, AUTH0_DOMAIN: 'http://acme.eu.auth0.com' })).toEqual({
      ...{ code: 2, out: '' },
      err: 'AUTH0_DOMAIN has to be a host or an https URL: a secret is sent there.\n',
    });
  });

  it('fails, and does not hang or pass, where nobody answers', async () => {
    fake.breakWith('down');
    const { code, out } = await ask('auth0', env);
    expect(code).toBe(1);
    expect(out).toContain('no JWT came: nobody answered');
  });
});

describe('smoke:scalekit', () => {
  let fake: FakeScalekit;
  let env: Variables;
  beforeEach(async () => {
    fake = await createFakeScalekit({
      ...{ resource, scopes: ['mcp:tools:weather'] },
      clients: [{ clientId: 'm2m_1', secret: 's3cret-of-m2m', scopes: ['mcp:tools:weather'] }],
    });
    env = {
      ...{ SCALEKIT_ENVIRONMENT_URL: fake.url, SCALEKIT_RESOURCE_ID: fake.resourceId },
      ...{ SCALEKIT_RESOURCE: resource, SCALEKIT_SCOPE: 'mcp:tools:weather' },
      SCALEKIT_MACHINE_CLIENT_ID: 'm2m_1',
      SCALEKIT_MACHINE_CLIENT_SECRET: 's3cret-of-m2m',
    };
  });
  afterEach(() => fake.close());

  it('passes whole against the fake', async () => {
    const { clientId, clientSecret } = fake.environment.credentials;
    const all = {
      ...env,
      ...{ SCALEKIT_CLIENT_ID: clientId, SCALEKIT_CLIENT_SECRET: clientSecret },
      SCALEKIT_USER_TOKEN: await fake.mint({ scopes: ['mcp:tools:weather'] }),
      SCALEKIT_SMOKE_REGISTER: 'yes',
    };
    const { code, out } = await ask('scalekit', all);
    expect(out).not.toContain('fail ');
    expect(code).toBe(0);
    expect(out).toMatch(/\n23 passed, 0 failed, 0 skipped\n$/);
    expectNoValues(out, all);
  });

  it('tells the old issuer from the new one', async () => {
    expect((await ask('scalekit', env)).out).toContain('the new one, of the MCP server');
    fake.switches.issuer = 'environment';
    expect((await ask('scalekit', env)).out).toContain('the old one, of the environment');
  });

  it('fails where the environment is another than we assume', async () => {
    fake.switches.insertedMetadata = false;
    const { code, out } = await ask('scalekit', { ...env, SCALEKIT_RESOURCE: `${resource}/` });
    expect(code).toBe(1);
    expect(out).toContain('array(2), res_ id true, Server URL false');
    expect(out).toContain('status 404');
  });

  it('names every variable that is missing, and every vendor there is', async () => {
    const { code, err } = await ask('scalekit', {});
    expect(code).toBe(2);
    expect(err.match(/^ {2}SCALEKIT_\w+/gm)).toHaveLength(10);
    expect(await ask('okta', {})).toEqual({
      ...{ code: 2, out: '', err: 'Ask whom? Write auth0 or scalekit.\n' },
    });
  });
});
