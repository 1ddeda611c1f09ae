import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoundTokens, secret, startBoundTokens } from './bound-tokens.harness.js';
import { ada, callback, claimsOf, pkce } from './issuer.harness.js';
import { formBrowser } from './testing/form-browser.js';

let test: BoundTokens;
beforeAll(async () => {
  test = await startBoundTokens();
});
afterAll(() => test.close());

const insecure = { [oauth.allowInsecureRequests]: true };

/** Sends a request again where it was only short of a nonce, which the handle has taken from the answer. */
async function withNonce<Value>(
  send: () => Promise<Response>,
  read: (response: Response) => Promise<Value>,
): Promise<Value> {
  try {
    return await read(await send());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return read(await send());
  }
}

describe('oauth4webapi', () => {
  async function discover() {
    const response = await oauth.discoveryRequest(test.issuer, {
      algorithm: 'oauth2',
      ...insecure,
    });
    return oauth.processDiscoveryResponse(test.issuer, response);
  }
  const app: oauth.Client = { client_id: 'app' };

  async function signIn(keys: oauth.CryptoKeyPair) {
    const as = await discover();
    const options = { DPoP: oauth.DPoP(app, keys), ...insecure };
    const { verifier, challenge } = pkce();
    const parameters = {
      response_type: 'code',
      redirect_uri: callback,
      scope: 'mcp:tools:weather',
      resource: test.resource.href,
      state: 'state-1',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const { request_uri } = await withNonce(
      () => oauth.pushedAuthorizationRequest(as, app, oauth.None(), parameters, options),
      (response) => oauth.processPushedAuthorizationResponse(as, app, response),
    );
    const query = new URLSearchParams({ client_id: 'app', request_uri });
    const back = await formBrowser().authorize(`${as.authorization_endpoint}?${query}`, ada);
    const answer = oauth.validateAuthResponse(as, app, back, 'state-1');
    const tokens = await withNonce(
      () =>
        oauth.authorizationCodeGrantRequest(
          as,
          app,
          oauth.None(),
          answer,
          callback,
          verifier,
          options,
        ),
      (response) => oauth.processAuthorizationCodeResponse(as, app, response),
    );
    return { as, options, tokens };
  }

  it('pushes, signs in, refreshes and calls, with proofs and nonces all the way (EXT-40, EXT-41, EXT-43, EXT-44, AS-125)', async () => {
    const keys = await oauth.generateKeyPair('ES256');
    const { as, options, tokens } = await signIn(keys);
    expect(tokens.token_type).toBe('dpop');
    const renewed = await withNonce(
      () =>
        oauth.refreshTokenGrantRequest(as, app, oauth.None(), tokens.refresh_token ?? '', options),
      (response) => oauth.processRefreshTokenResponse(as, app, response),
    );
    for (const { access_token } of [tokens, renewed]) {
      const call = async () => {
        const { resource } = test;
        return oauth.protectedResourceRequest(
          access_token,
          'POST',
          resource,
          undefined,
          undefined,
          options,
        );
      };
      expect(await withNonce(call, (response) => response.json())).toBe('user:ada');
    }
  });

  it('is refused by the gate with a stolen token: as Bearer, by another key, and once it is revoked (ATK-52, EXT-42)', async () => {
    const keys = await oauth.generateKeyPair('ES256');
    const { as, options, tokens } = await signIn(keys);
    const call = async (handle: oauth.DPoPHandle | undefined) => {
      const { resource } = test;
      const how = { ...insecure, ...(handle ? { DPoP: handle } : {}) };
      const { access_token } = tokens;
      const send = () =>
        oauth.protectedResourceRequest(access_token, 'POST', resource, undefined, undefined, how);
      return withNonce(send, async ({ status }) => String(status)).catch(
        (error: oauth.WWWAuthenticateChallengeError) =>
          `${error.status} ${error.cause.map(({ scheme, parameters }) => `${scheme} ${parameters.error}`)}`,
      );
    };
    const thief = oauth.DPoP(app, await oauth.generateKeyPair('ES256'));
    expect(await call(options.DPoP)).toBe('200');
    expect(await call(undefined)).toBe('401 dpop invalid_token');
    expect(await call(thief)).toBe('401 dpop invalid_token');
    const stolen = withNonce(
      () =>
        oauth.refreshTokenGrantRequest(as, app, oauth.None(), tokens.refresh_token ?? '', {
          ...insecure,
          DPoP: thief,
        }),
      (response) => oauth.processRefreshTokenResponse(as, app, response),
    );
    await expect(stolen).rejects.toMatchObject({ status: 400, error: 'invalid_grant' });
    await test.provider.revoke({ subject: 'user:ada' });
    expect(await call(options.DPoP)).toBe('401 dpop invalid_token');
  });

  it('gets a token for itself, which it finds in order with RFC 9068 and RFC 9449 (EXT-41)', async () => {
    const as = await discover();
    const robot: oauth.Client = { client_id: 'robot' };
    const keys = await oauth.generateKeyPair('Ed25519');
    const options = { DPoP: oauth.DPoP(robot, keys), ...insecure };
    const { access_token } = await withNonce(
      () =>
        oauth.clientCredentialsGrantRequest(
          as,
          robot,
          oauth.ClientSecretBasic(secret),
          { resource: test.resource.href },
          options,
        ),
      (response) => oauth.processClientCredentialsResponse(as, robot, response),
    );
    const call = () =>
      oauth.protectedResourceRequest(
        access_token,
        'GET',
        test.resource,
        undefined,
        undefined,
        options,
      );
    expect(await withNonce(call, (response) => response.json())).toBe('robot');
    let sent: Request | undefined;
    await oauth.protectedResourceRequest(access_token, 'GET', test.resource, undefined, undefined, {
      ...options,
      [oauth.customFetch]: async (url, { body: _none, ...init }) => {
        sent = new Request(url, init);
        return new Response();
      },
    });
    const claims = await oauth.validateJwtAccessToken(
      as,
      sent ?? new Request('about:blank'),
      test.resource.href,
      { requireDPoP: true, ...insecure },
    );
    expect(claims.scope).toBe('mcp:tools:weather');
  });
});

describe('openid-client', () => {
  const discover = (id: string, how: client.ClientAuth) =>
    client.discovery(test.issuer, id, undefined, how, {
      execute: [client.allowInsecureRequests],
      algorithm: 'oauth2',
    });

  it('pushes, signs in, refreshes and calls (EXT-41, EXT-42, EXT-43, EXT-44, AS-125)', async () => {
    const config = await discover('app', client.None());
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    const verifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    const parameters = {
      redirect_uri: callback,
      scope: 'mcp:tools:weather',
      resource: test.resource.href,
      state: expectedState,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const back = await formBrowser().authorize(url, ada);
    const checks = { pkceCodeVerifier: verifier, expectedState };
    const tokens = await client.authorizationCodeGrant(config, back, checks, {}, { DPoP });
    const { refresh_token = '' } = tokens;
    const renewed = await client.refreshTokenGrant(config, refresh_token, {}, { DPoP });
    const jkt = await DPoP.calculateThumbprint();
    for (const { access_token, token_type } of [tokens, renewed]) {
      expect([token_type, claimsOf(access_token).cnf]).toEqual(['dpop', { jkt }]);
      const answer = await client.fetchProtectedResource(
        config,
        access_token,
        test.resource,
        'POST',
        undefined,
        undefined,
        { DPoP },
      );
      expect([answer.status, await answer.json()]).toEqual([200, 'user:ada']);
    }
  });

  it('gets a token for itself, and none without a proof (EXT-41, EXT-42)', async () => {
    const config = await discover('robot', client.ClientSecretBasic(secret));
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519'));
    const { token_type, access_token } = await client.clientCredentialsGrant(config, {}, { DPoP });
    const jkt = await DPoP.calculateThumbprint();
    expect([token_type, claimsOf(access_token).cnf]).toEqual(['dpop', { jkt }]);
    await expect(client.clientCredentialsGrant(config, {})).rejects.toMatchObject({
      status: 400,
      error: 'invalid_dpop_proof',
    });
  });
});
