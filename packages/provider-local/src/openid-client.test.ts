import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  callback,
  claimsOf,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from './issuer.harness.js';
import { formBrowser, type PersonOptions } from './testing/form-browser.js';

const secret = 'a-secret-of-more-than-22-characters';
const keys = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256', kid: 'one' }] };

/** Each way to authenticate: what the operator writes down, and what openid-client is told. */
const methods = {
  none: [{ method: 'none' }, client.None()],
  client_secret_basic: [
    { method: 'client_secret_basic', secret },
    client.ClientSecretBasic(secret),
  ],
  client_secret_post: [{ method: 'client_secret_post', secret }, client.ClientSecretPost(secret)],
  private_key_jwt: [
    { method: 'private_key_jwt', jwks },
    client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }),
  ],
} as const;
type Method = keyof typeof methods;
const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

let test: TestIssuer;
beforeAll(async () => {
  test = await startIssuer({
    dynamicRegistration: true,
    clients: Object.entries(methods).flatMap(([method, [authentication]]) => [
      {
        clientId: `app-${method}`,
        name: 'App',
        redirectUris: [callback],
        scopes: vocabulary.names,
        authentication,
      },
      ...(authentication.method === 'none'
        ? []
        : [
            {
              clientId: `robot-${method}`,
              name: 'Robot',
              scopes: ['mcp:exec:workflows:*'],
              authentication,
            },
          ]),
    ]),
  });
});
afterAll(() => test.close());

const options = { execute: [client.allowInsecureRequests] };

/** What openid-client knows once it has read the metadata. */
function discover(kind: 'app' | 'robot', method: Method, how = methods[method][1]) {
  return client.discovery(new URL(test.issuer), `${kind}-${method}`, undefined, how, {
    ...options,
    algorithm: 'oauth2',
  });
}

/** Sends a person through the pages and checks what comes back, `state` and `iss` included. */
async function signIn(
  config: client.Configuration,
  person: PersonOptions = ada,
  scope = 'mcp:tools:weather',
) {
  const verifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    resource: test.resource,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await formBrowser().authorize(url, person);
  const redeem = () =>
    client.authorizationCodeGrant(
      config,
      back,
      { pkceCodeVerifier: verifier, expectedState },
      { resource: test.resource },
    );
  return { redeem, tokens: await redeem() };
}

/** The `error` of a refusal, with its status. */
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'accepted',
    ({ status, error }: client.ResponseBodyError) => `${status} ${error}`,
  );

it.each(['oauth2', 'oidc'] as const)('is discovered by %s (AS-02)', async (algorithm) => {
  const config = await client.discovery(new URL(test.issuer), 'app-none', undefined, undefined, {
    ...options,
    algorithm,
  });
  expect(config.serverMetadata().supportsPKCE()).toBe(true);
  expect(config.serverMetadata().token_endpoint).toBe(`${test.issuer}/token`);
});

describe.each(Object.keys(methods) as Method[])('an app that authenticates by %s', (method) => {
  it('signs a person in, refreshes and revokes (AS-60, AS-104)', async () => {
    const config = await discover('app', method);
    const { tokens } = await signIn(config);
    expect(claimsOf(tokens.access_token)).toMatchObject({
      iss: test.issuer,
      aud: test.resource,
      sub: 'user:ada',
      client_id: `app-${method}`,
      scope: 'mcp:tools:weather',
    });
    expect([tokens.token_type, tokens.expires_in]).toEqual(['bearer', 300]);

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    const { sub, aud, scope } = claimsOf(renewed.access_token);
    expect({ sub, aud, scope }).toEqual({
      sub: 'user:ada',
      aud: test.resource,
      scope: 'mcp:tools:weather',
    });

    await client.tokenRevocation(config, renewed.refresh_token ?? '');
    const again = client.refreshTokenGrant(config, renewed.refresh_token ?? '');
    expect(await refusal(again)).toBe('400 invalid_grant');
  });
});

it('redeems a code once (AS-81, ATK-08)', async () => {
  const { redeem } = await signIn(await discover('app', 'none'));
  expect(await refusal(redeem())).toBe('400 invalid_grant');
});

it('hands back a denial that openid-client takes for one of this issuer', async () => {
  const denied = signIn(await discover('app', 'none'), { ...ada, decision: 'deny' });
  await expect(denied).rejects.toMatchObject({
    code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
    error: 'access_denied',
  });
});

it('registers openid-client, which then signs a person in (AS-40)', async () => {
  const config = await client.dynamicClientRegistration(
    new URL(test.issuer),
    { client_name: 'Newcomer', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
    client.None(),
    { ...options, algorithm: 'oauth2' },
  );
  const { client_id } = config.clientMetadata();
  const { tokens } = await signIn(config);
  expect(claimsOf(tokens.access_token)).toMatchObject({ client_id, sub: 'user:ada' });
});

describe.each(confidential)('a robot that authenticates by %s', (method) => {
  it('gets a token for itself and revokes it', async () => {
    const config = await discover('robot', method);
    const tokens = await client.clientCredentialsGrant(config, {
      scope: 'mcp:exec:workflows:report',
      resource: test.resource,
    });
    expect(tokens.refresh_token).toBeUndefined();
    const verify = () =>
      test.provider.verify(
        { scheme: 'Bearer', value: tokens.access_token },
        {
          resource: test.resource,
          now: Date.now() / 1000,
          signal: AbortSignal.timeout(5000),
        },
      );
    expect(await verify()).toMatchObject({
      kind: 'principal',
      actor: 'client',
      clientId: `robot-${method}`,
      scopes: ['mcp:exec:workflows:report'],
    });
    await client.tokenRevocation(config, tokens.access_token);
    expect(await verify()).toMatchObject({ kind: 'rejection', code: 'token_revoked' });
  });

  it('gets nothing with the credential of another', async () => {
    const other = await generateKeyPair('ES256');
    const wrong = {
      client_secret_basic: client.ClientSecretBasic(`${secret}!`),
      client_secret_post: client.ClientSecretPost(`${secret}!`),
      private_key_jwt: client.PrivateKeyJwt({ key: other.privateKey, kid: 'one' }),
    };
    const config = await discover('robot', method, wrong[method]);
    // To Basic, the answer is a challenge (RFC 6749 §5.2), which openid-client reads before the body.
    const answer =
      method === 'client_secret_basic'
        ? { code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', cause: [{ scheme: 'basic' }] }
        : { code: 'OAUTH_RESPONSE_BODY_ERROR', error: 'invalid_client' };
    await expect(client.clientCredentialsGrant(config, {})).rejects.toMatchObject({
      status: 401,
      ...answer,
    });
  });
});
