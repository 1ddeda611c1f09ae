import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Auth0Bench, auth0Bench } from './auth0.harness.js';

let bench: Auth0Bench;
beforeEach(async () => {
  bench = await auth0Bench();
});
afterEach(() => bench.fake.close());

const writes = () =>
  bench.fake.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));
const host = () => new URL(bench.fake.issuer).host;

describe('setup auth0', () => {
  it('shows the difference and changes nothing', async () => {
    const { code, out, err } = await bench.setup();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Auth0 tenant ${host()}, for https://finance.example.com/mcp

API https://finance.example.com/mcp
  + API https://finance.example.com/mcp
      Auth0 issues no token for this server before it has an API of exactly this identifier.
  + signing_alg RS256
      A token signed with a shared secret could be forged by anyone who can check it.
  + token_dialect rfc9068_profile_authz
      Without it tokens are not marked as access tokens (RFC 9068) and carry neither jti nor permissions.
  + enforce_policies true
      Without it everybody gets every scope that a client asks for, whatever their roles say.
  + allow_offline_access true
      Without it MCP clients get no refresh token: people sign in again whenever an access token ends.
  + scope mcp:tools:weather "Look up the weather for a place you name."
  + scope mcp:tools:pay "Pay what you approve."
      Auth0 drops a scope that its API does not list, and shows people its description.
  · scope mcp:exec:workflows:* is not registered
      A wildcard is a grant of your own; Auth0 compares scopes letter by letter.

Tenant settings (affects the whole tenant)
  ~ resource_parameter_profile: audience -> compatibility
      Without it Auth0 ignores the parameter resource, and issues tokens that this server must refuse.
  ~ authorization_response_iss_parameter_supported: false -> true
      Without iss in the redirect a client cannot tell which issuer answered it (RFC 9207).
  ~ flags.enable_dynamic_client_registration: false -> true
      Without it a client that nobody registered has no way to introduce itself.

Connection (affects the whole tenant: every third-party client may use it)
  ~ Username-Password-Authentication is_domain_connection: false -> true
      Without a connection for the whole domain nobody can sign in to a client that registered itself.

Default grant for third-party clients
  + may ask for mcp:tools:weather
  + may ask for mcp:tools:pay
      Without it Auth0 refuses every client that registered itself for this API.

9 to create, 4 to change.
Nothing was changed. Run the same with --apply to do it.
`);
    expect(writes()).toEqual([]);
  });

  it('applies it, finds nothing to do afterwards, and notices drift', async () => {
    expect((await bench.setup('--check')).code).toBe(1);
    const applied = await bench.setup('--apply');
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toContain(`
9 to create, 4 to change.

Applying
  done       API https://finance.example.com/mcp
  done       Tenant settings
  done       Connection
  done       Default grant for third-party clients

The app needs
  auth0Provider({ issuer: 'http://${host()}/' })

Left for you
  People get only scopes that a role gives them: User Management > Roles > Permissions.
`);
    const before = writes().length;
    expect(before).toBe(4);

    const check = await bench.setup('--check');
    expect(check).toMatchObject({ code: 0, err: '' });
    expect(check.out).toMatch(/\n13 as wished\.\nNothing to do\.\n$/);
    expect((await bench.setup('--apply')).code).toBe(0);
    expect(writes()).toHaveLength(before);

    const { tenant } = bench.fake;
    tenant.settings = { ...tenant.settings, resource_parameter_profile: 'audience' };
    const drift = await bench.setup('--check');
    expect(drift.code).toBe(1);
    expect(drift.out).toContain('~ resource_parameter_profile: audience -> compatibility\n');
    expect(drift.out).toMatch(
      /1 to change, 12 as wished\.\nAuth0 differs from what the app needs\. Run it with --apply in place of --check\.\n$/,
    );
    expect(writes()).toHaveLength(before);
  });

  it('switches refresh tokens on where an API has them off, and changes nothing else of it', async () => {
    await bench.setup('--apply');
    const { apis } = bench.fake.tenant;
    const api = [...apis.values()].find(({ is_system: own }) => !own)!;
    apis.set(api.id, { ...api, allow_offline_access: false });
    const { code, out } = await bench.setup('--check');
    expect(code).toBe(1);
    expect(out).toContain(`  ~ allow_offline_access: false -> true
      Without it MCP clients get no refresh token: people sign in again whenever an access token ends.
`);
    expect((await bench.setup('--apply')).code).toBe(0);
    expect(apis.get(api.id)).toEqual(api);
  });

  it('makes a machine client whose secret it never shows', async () => {
    const words = ['--machine', 'Robot', '--machine-scopes', 'mcp:tools:weather'];
    const { code, out, err } = await bench.setup(...words, '--apply');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const clients = [...bench.fake.tenant.clients.values()];
    const robot = clients.find(({ name }) => name === 'Robot');
    expect(robot?.grant_types).toEqual(['client_credentials']);
    const grants = [...bench.fake.tenant.clientGrants.values()];
    expect(grants.find(({ client_id }) => client_id === robot?.client_id)).toMatchObject({
      ...{ audience: 'https://finance.example.com/mcp', scope: ['mcp:tools:weather'] },
      subject_type: 'client',
    });
    for (const secret of [robot?.client_secret ?? '', bench.env.AUTH0_CLIENT_SECRET ?? '']) {
      expect(secret.length).toBeGreaterThan(10);
      expect(out).not.toContain(secret);
    }
    expect((await bench.setup(...words, '--check')).code).toBe(0);
  });

  it('names an API that differs by the slash at its end, and leaves it alone', async () => {
    const { addApi } = await import('@portcullis/provider-auth0/testing');
    const identifier = 'https://finance.example.com/mcp/';
    const twin = addApi(bench.fake.tenant, { identifier, scopes: [] });
    const { out } = await bench.setup('--apply');
    expect(out).toContain(`  · API https://finance.example.com/mcp/ is another one
      It differs by the slash at its end: tokens for it are refused here, and an identifier cannot be changed.
`);
    expect(bench.fake.tenant.apis.get(twin.id)).toEqual(twin);
  });

  it('takes a management token in place of client credentials', async () => {
    const { AUTH0_CLIENT_ID: id, AUTH0_CLIENT_SECRET: secret } = bench.env;
    const response = await fetch(`${bench.fake.issuer}oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', client_id: id ?? '', client_secret: secret ?? '' },
        audience: `${bench.fake.issuer}api/v2/`,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { portcullis, basics } = await import('../../session.harness.js');
    const env = { AUTH0_DOMAIN: bench.fake.issuer, AUTH0_MANAGEMENT_TOKEN: token };
    expect((await portcullis(['setup', 'auth0', ...basics, '--check'], env)).code).toBe(1);
  });

  it('applies the rest where only a person can decide, and says what is open', async () => {
    const { connections } = bench.fake.tenant;
    connections.set('con_2', {
      ...{ id: 'con_2', name: 'staff', strategy: 'google-oauth2', is_domain_connection: false },
    });
    const { code, err } = await bench.setup('--apply');
    expect({ code, err }).toEqual({
      code: 2,
      err: `
Left to decide:
  ! no domain connection: Without a connection for the whole domain nobody can sign in to a client that registered itself. Choose one with --connection: Username-Password-Authentication, staff.
`,
    });
    const check = await bench.setup('--check');
    expect(check.code).toBe(1);
    expect(check.out).toMatch(
      /Auth0 differs from what the app needs\. What is marked with ! is left to you\.\n$/,
    );
    expect((await bench.setup('--apply', '--connection', 'staff')).code).toBe(0);
    expect(connections.get('con_2')?.is_domain_connection).toBe(true);
  });
});
