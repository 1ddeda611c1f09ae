import { createHash, randomBytes } from 'node:crypto';
import { auth0Provider } from '@portcullis/provider-auth0';
import { scalekitProvider } from '@portcullis/provider-scalekit';
import { createFakeScalekit } from '@portcullis/provider-scalekit/testing';
import { expect, it } from 'vitest';
import { basics, portcullis } from '../session.harness.js';
import { auth0Bench } from './auth0/auth0.harness.js';

const resource = 'https://finance.example.com/mcp';
const redirect = 'http://127.0.0.1:33418/callback';
const context = () => ({
  ...{ resource, now: Math.floor(Date.now() / 1000), signal: AbortSignal.timeout(5000) },
});

interface Tokens {
  readonly access_token?: string;
  readonly refresh_token?: string;
}

interface Metadata {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly registration_endpoint: string;
}

/**
 * What an MCP client does that nobody registered: discovery, registration, authorization with
 * `resource`, tokens.
 */
async function tokensOfStranger(metadataUrl: string, scope: string): Promise<Tokens> {
  const json = async (response: Promise<Response>) => (await response).json();
  const metadata = (await json(fetch(metadataUrl))) as Metadata;
  const { client_id: id } = (await json(
    fetch(metadata.registration_endpoint, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({
        ...{ client_name: 'Stranger', redirect_uris: [redirect] },
        token_endpoint_auth_method: 'none',
      }),
    }),
  )) as { client_id: string };
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: id, redirect_uri: redirect, scope, resource },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', state: 'x' },
  });
  const url = `${metadata.authorization_endpoint}?${asked}`;
  const { headers } = await fetch(url, { redirect: 'manual' });
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: id, code, code_verifier: verifier },
    ...{ redirect_uri: redirect, resource },
  });
  return (await json(fetch(metadata.token_endpoint, { method: 'POST', body }))) as Tokens;
}

it('leads from an empty Auth0 tenant to a token that auth0Provider takes', async () => {
  const bench = await auth0Bench();
  expect((await bench.setup('--apply')).code).toBe(0);
  const { tenant, issuer } = bench.fake;
  // The role that set-up leaves to a person.
  tenant.user = {
    ...tenant.user,
    permissions: [{ permission_name: 'mcp:tools:weather', resource_server_identifier: resource }],
  };
  const metadata = `${issuer}.well-known/oauth-authorization-server`;
  const scope = 'mcp:tools:weather mcp:tools:pay offline_access';
  const { access_token: value = '', refresh_token } = await tokensOfStranger(metadata, scope);
  expect(refresh_token).toBeTypeOf('string');
  const provider = auth0Provider({ issuer });
  const answer = await provider.verify({ scheme: 'Bearer', value }, context());
  expect(answer).toMatchObject({
    ...{
      kind: 'principal',
      actor: 'user',
      issuer,
      scopes: ['mcp:tools:weather', 'offline_access'],
    },
    clientId: expect.stringMatching(/^tpc_/),
  });
  await bench.fake.close();
});

it('leads from an empty Scalekit environment to a token that scalekitProvider takes', async () => {
  const fake = await createFakeScalekit();
  fake.environment.resources.clear();
  const { clientId, clientSecret } = fake.environment.credentials;
  const applied = await portcullis(['setup', 'scalekit', ...basics, '--apply'], {
    ...{ SCALEKIT_ENVIRONMENT_URL: fake.url, SCALEKIT_CLIENT_ID: clientId },
    SCALEKIT_CLIENT_SECRET: clientSecret,
  });
  expect(applied.code).toBe(0);
  const [, resourceId = ''] = /SCALEKIT_RESOURCE_ID=(res_\d+)/.exec(applied.out) ?? [];
  const metadata = `${fake.url}/resources/${resourceId}/.well-known/oauth-authorization-server`;
  const { access_token: value = '' } = await tokensOfStranger(metadata, 'mcp:tools:pay');
  const provider = scalekitProvider({ environmentUrl: fake.url, resourceId });
  const answer = await provider.verify({ scheme: 'Bearer', value }, context());
  expect(answer).toMatchObject({ kind: 'principal', actor: 'user', scopes: ['mcp:tools:pay'] });
  await fake.close();
});
