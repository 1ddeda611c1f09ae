import { afterEach, expect, it } from 'vitest';
import { oidcProvider } from '../oidc-provider.js';
import { createFakeOidc } from '../testing/index.js';
import { descope, workos } from './index.js';
import { api, configured, resource } from './presets.harness.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(vendor: keyof typeof configured, options = configured[vendor]) {
  const issuer = [options.issuer].flat()[0] ?? '';
  const fake = await createFakeOidc({ shape: vendor, issuer, resource, algorithm: 'ES256' });
  closing.push(fake.close);
  const provider = oidcProvider({ ...options, fetch: fake.fetch });
  const scopes = ['mcp:tools:get_quote'];
  const answerTo = async (value: string) => {
    const now = Math.floor(Date.now() / 1000);
    const context = { resource, now, signal: AbortSignal.timeout(5000) };
    const answer = await provider.verify({ scheme: 'Bearer', value }, context);
    return answer.kind === 'rejection' ? answer.code : answer.actor;
  };
  const mint = async (claims: Readonly<Record<string, unknown>>) =>
    answerTo(await fake.mint({ scopes, claims }));
  const mintForClient = async (clientId: string) =>
    answerTo(await fake.mintForClient(clientId, scopes));
  return { mint, mintForClient, answerTo };
}

it.each(['Refresh', 'Offline', 'ID', 'Logout', undefined])(
  'Keycloak: a token whose claim "typ" is %s is no access token',
  async (typ) => {
    const { mint } = await start('keycloak');
    expect(await mint({})).toBe('user');
    expect(await mint({ typ })).toBe('claims_invalid');
  },
);

it('Keycloak: a token for "account" alone is not for us', async () => {
  const { mint } = await start('keycloak');
  expect(await mint({ aud: 'account' })).toBe('audience_mismatch');
});

it('Keycloak: a token without a session is a client’s own, as one with an address is', async () => {
  const { mint } = await start('keycloak');
  expect(await mint({ sid: undefined })).toBe('client');
  expect(await mint({ clientAddress: '10.0.0.7' })).toBe('client');
});

it('Okta: a token of the organisation’s own server, or for another audience, is not for us', async () => {
  const { mint } = await start('okta');
  expect(await mint({ aud: 'api://finance' })).toBe('user');
  expect(await mint({ iss: 'https://example.okta.com' })).toBe('issuer_unknown');
  expect(await mint({ aud: 'api://default' })).toBe('audience_mismatch');
});

it('Entra ID: a token with neither scopes nor roles can be had by any application', async () => {
  const { mint, mintForClient } = await start('entra');
  expect(await mint({})).toBe('user');
  expect(await mint({ scope: undefined })).toBe('claims_invalid');
  expect(await mint({ scope: undefined, roles: [] })).toBe('claims_invalid');
  expect(await mint({ scope: undefined, roles: ['Finance.Analyst'] })).toBe('client');
  expect(await mint({ scope: '', roles: ['Finance.Analyst'] })).toBe('client');
  expect(await mintForClient('22223333-cccc-4444-dddd-5555eeee6666')).toBe('client');
});

it('Entra ID: a token of the other version is refused, whatever it says of itself', async () => {
  const { mint } = await start('entra');
  const tid = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
  expect(await mint({ ver: '1.0' })).toBe('claims_invalid');
  expect(await mint({ iss: `https://sts.windows.net/${tid}/` })).toBe('issuer_unknown');
  expect(await mint({ aud: `api://${api}` })).toBe('audience_mismatch');
});

it('Cognito: a token of an app client that is not on the list is not for us', async () => {
  const { mint, mintForClient } = await start('cognito');
  expect(await mint({ client_id: '1example23456789' })).toBe('user');
  expect(await mintForClient('2example3456789m2m')).toBe('client');
  expect(await mint({ client_id: 'another' })).toBe('audience_mismatch');
  expect(await mint({ client_id: undefined })).toBe('audience_mismatch');
});

it('Cognito: a token that names another resource is for that, whoever the client is', async () => {
  const { mint } = await start('cognito');
  const ours = { client_id: '1example23456789' };
  expect(await mint({ ...ours, aud: resource })).toBe('user');
  expect(await mint({ ...ours, aud: 'https://other.example.com' })).toBe('audience_mismatch');
});

it('Cognito: an ID token is refused though its client is on the list', async () => {
  const { mint } = await start('cognito');
  expect(await mint({ client_id: '1example23456789', token_use: 'id' })).toBe('claims_invalid');
});

it.each([
  ['okta', 'uid', { aud: 'api://finance' }],
  ['cognito', 'username', { client_id: '1example23456789' }],
] as const)('%s: a token without "%s" is a client’s own', async (vendor, mark, claims) => {
  const { mint } = await start(vendor);
  expect(await mint(claims)).toBe('user');
  expect(await mint({ ...claims, [mark]: undefined })).toBe('client');
});

it.each([
  ['okta', 'scope'],
  ['okta', 'jti'],
  ['workos', 'jti'],
  ['descope', 'scope'],
  ['stytch', 'scope'],
  ['ory', 'scope'],
  ['ory', 'jti'],
] as const)(
  '%s: a token without "%s", as ID and session tokens are, is refused',
  async (vendor, claim) => {
    const { mint } = await start(vendor);
    const aud = vendor === 'okta' ? { aud: 'api://finance' } : {};
    expect(await mint(aud)).toBe('user');
    expect(await mint({ ...aud, [claim]: undefined })).toBe('claims_invalid');
  },
);

it('WorkOS: machines need the client id of the environment, which people do without', async () => {
  const environment = 'client_01ENVIRONMENT0000000000000';
  const { mint } = await start('workos', workos({ domain: 'example.authkit.app' }));
  expect(await mint({})).toBe('user');
  expect(await mint({ aud: environment })).toBe('audience_mismatch');
  const withMachines = await start('workos');
  expect(await withMachines.mint({ aud: environment })).toBe('user');
});

it('Descope: an MCP server with an issuer of its own takes no token for the whole project', async () => {
  const projectId = 'P2aAAAAAAAAAAAAAAAAAAAAAAAAA';
  const issuer = `https://api.descope.com/v1/apps/agentic/${projectId}/MS2aAAAAAAAAAAAAAAAAAAAAAAA`;
  const { mint } = await start('descope', descope({ projectId, issuer }));
  expect(await mint({ aud: [resource, projectId] })).toBe('user');
  expect(await mint({ aud: [projectId] })).toBe('audience_mismatch');
  const ofProject = await start('descope');
  expect(await ofProject.mint({ aud: [projectId] })).toBe('user');
});

it('Logto: what comes without "resource" is opaque and refused', async () => {
  const { answerTo } = await start('logto');
  expect(await answerTo('kZ0w_opaque_token_of_logto_3xYv')).toBe('token_malformed');
});
