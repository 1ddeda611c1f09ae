import { formBrowser } from '@portcullis/provider-local/testing';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, callWith } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

const redirectUri = 'http://127.0.0.1:9/callback';
const http = { [oauth.allowInsecureRequests]: true };
const client = { client_id: 'morning-briefing' };

let world: World;
beforeAll(async () => {
  world = await startWorld(() => ({
    pushedAuthorizationRequests: 'required',
    clients: [
      {
        clientId: 'morning-briefing',
        name: 'Morning Briefing',
        redirectUris: [redirectUri],
        scopes: ['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'],
        authentication: { method: 'none' },
      },
    ],
  }));
});
afterAll(() => world.close());

describe('a person who changes her mind', () => {
  it('removes an app that pushed its request, and its next call is refused (AS-125, AS-126, ATK-50)', async () => {
    const issuer = new URL(world.origin);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
    const server = await oauth.processDiscoveryResponse(issuer, found);

    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const request = {
      ...{ response_type: 'code', redirect_uri: redirectUri, resource: world.resource, state },
      ...{ scope: 'mcp:tools:analyze_sentiment', code_challenge_method: 'S256' },
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    };
    const pushed = await oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, oauth.None(), request, http),
    );
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = `${new URLSearchParams({ ...client, request_uri: pushed.request_uri })}`;
    const browser = formBrowser();
    const back = await browser.authorize(url, ada);
    const answer = oauth.validateAuthResponse(server, client, back, state);
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        ...([server, client, oauth.None(), answer, redirectUri, verifier, http] as const),
      ),
    );
    const authorization = `Bearer ${tokens.access_token}`;
    expect((await callWith(world.resource, { authorization })).status).toBe(200);

    // The same browser: whoever signed in for the app is signed in here.
    const page = await browser.open(`${world.origin}/connected-apps`);
    const removal = page.forms.find(({ fields }) =>
      fields.some(([name, value]) => name === 'client' && value === 'morning-briefing'),
    );
    if (!removal) throw new Error('The page does not list the app.');
    const after = await browser.submit(removal);
    expect([after.status, after.html]).toEqual([
      200,
      expect.stringContaining('Morning Briefing is removed'),
    ]);
    const here = world.audit.events.length;
    expect((await callWith(world.resource, { authorization })).status).toBe(401);
    const refresh = await oauth.refreshTokenGrantRequest(
      ...([server, client, oauth.None(), tokens.refresh_token ?? '', http] as const),
    );
    expect([refresh.status, await refresh.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'grant request is invalid' },
    ]);
    expect(world.audit.events.slice(here)).toMatchObject([
      { kind: 'decision', outcome: 'challenged', reason: 'token_revoked' },
      { kind: 'issuer', type: 'token_refused', detail: 'refresh token not found' },
    ]);
  });
});
