import { auth, DpopSession } from '@modelcontextprotocol/client';
import { createFakeProver } from '@portcullis/core/testing';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from './app.harness.js';
import { callWith, type SignedIn, signIn } from './signed-in.harness.js';

const machineSecret = 'the-secret-of-a-nightly-report';

/** Challenges, whole. */
const proofInvalid =
  'Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", DPoP error="invalid_dpop_proof", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", algs="ES256 ES384 EdDSA Ed25519 PS256 RS256", error_description="The DPoP proof is missing or invalid"';
const nonceRequired =
  'Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", DPoP error="use_dpop_nonce", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", algs="ES256 ES384 EdDSA Ed25519 PS256 RS256", error_description="A DPoP nonce is required"';
const boundElsewhere =
  'Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", DPoP error="invalid_token", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", algs="ES256 ES384 EdDSA Ed25519 PS256 RS256", error_description="The access token is invalid, expired or was issued for another server"';
const sentAsBearer =
  'Bearer error="invalid_token", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", error_description="The access token is invalid, expired or was issued for another server", DPoP scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"';

describe.each(['on', 'nonce'] as const)('DPOP=%s', (mode) => {
  let app: RunningApp;
  let session: DpopSession;
  let person: SignedIn;
  beforeAll(async () => {
    app = await startApp({ DPOP: mode, MACHINE_CLIENT_SECRET: machineSecret });
    session = await DpopSession.create();
    const scopes = ['mcp:tools:analyze_sentiment'];
    person = await signIn(app.resource, { scopes, dpop: session });
  });
  afterAll(async () => {
    await person.client.close();
    await app.close();
  });

  /** What the official client would send along with its next call. */
  const proof = () =>
    session.buildProof({ htm: 'POST', htu: app.resource, accessToken: person.token() });

  /** What a caller sees, and what the operator reads in the trail. */
  async function answerTo(headers: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    const before = app.audit.events.length;
    const { status, headers: sent } = await callWith(app.resource, headers);
    const [event] = app.audit.events.slice(before).filter(({ kind }) => kind === 'decision');
    const challenge = sent.get('www-authenticate')?.replaceAll(app.origin, '<origin>');
    return [status, event?.kind === 'decision' ? event.detail : event, challenge];
  }

  it('is told by issuer and server alike (EXT-40)', async () => {
    const offered = async (path: string) =>
      (await (await fetch(`${app.origin}/.well-known/${path}`)).json())
        .dpop_signing_alg_values_supported;
    expect(await offered('oauth-authorization-server')).toEqual([
      ...['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    ]);
    expect(await offered('oauth-protected-resource/mcp')).toEqual([
      ...['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    ]);
  });

  it('serves the official client from sign-in to refresh (EXT-41, EXT-50)', async () => {
    const whoami = () => person.client.callTool({ name: 'whoami', arguments: {} });
    const bound = () => [person.memory.currentTokens?.token_type, decodeJwt(person.token()).cnf];
    expect(bound()).toEqual(['DPoP', { jkt: session.thumbprint }]);
    expect(await whoami()).toMatchObject({ structuredContent: { subject: 'user:ada' } });

    const first = person.token();
    const provider = Object.assign(person.memory, { dpop: () => session });
    expect(await auth(provider, { serverUrl: app.resource })).toBe('AUTHORIZED');
    expect(person.token()).not.toBe(first);
    expect(bound()).toEqual(['DPoP', { jkt: session.thumbprint }]);
    expect(await whoami()).toMatchObject({ structuredContent: { subject: 'user:ada' } });
  });

  it('tells the official client what it lacks, so that it can ask for more (RS-28)', async () => {
    const search = person.client.callTool({ name: 'search_news', arguments: {} });
    await expect(search).rejects.toMatchObject({
      name: 'InsufficientScopeError',
      requiredScope: 'mcp:tools:search_news mcp:resources:news:read',
    });
  });

  it('still serves a client that has no key', async () => {
    const other = await signIn(app.resource, { scopes: ['mcp:tools:analyze_sentiment'] });
    expect(other.memory.currentTokens?.token_type).toBe('Bearer');
    const whoami = await other.client.callTool({ name: 'whoami', arguments: {} });
    expect(whoami).toMatchObject({ structuredContent: { subject: 'user:ada' } });
    await other.client.close();
  });

  it('serves a program that uses oauth4webapi (EXT-01, EXT-41)', async () => {
    const http = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(app.origin);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
    const server = await oauth.processDiscoveryResponse(issuer, found);
    const client: oauth.Client = { client_id: 'nightly-report' };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const ask = async () =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(
          server,
          client,
          oauth.ClientSecretBasic(machineSecret),
          { resource: app.resource, scope: 'mcp:exec:workflows:daily-digest' },
          { DPoP, ...http },
        ),
      );
    const call = (token: string) =>
      oauth.protectedResourceRequest(
        token,
        'POST',
        new URL(app.resource),
        new Headers({
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        }),
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
        { DPoP, ...http },
      );
    const tokens = await withNonce(ask);
    expect(tokens.token_type).toBe('dpop');
    expect((await withNonce(() => call(tokens.access_token))).status).toBe(200);
  });

  it('refuses a stolen token to whoever lacks the key (EXT-48, ATK-52)', async () => {
    const token = person.token();
    const thief = await createFakeProver();
    const url = app.resource;
    const forged = await thief.prove({ url, token, nonce: session.nonceFor(url) });
    const authorization = `DPoP ${token}`;
    expect(await answerTo({ authorization })).toEqual([
      ...[401, 'The request has no DPoP header.', proofInvalid],
    ]);
    expect(await answerTo({ authorization, dpop: forged })).toEqual([
      ...[401, 'The token is bound to another key than that of the proof.', boundElsewhere],
    ]);
    const bearer = `Bearer ${token}`;
    expect(await answerTo({ authorization: bearer })).toEqual([
      ...[401, 'The token is bound, and was sent as Bearer.', sentAsBearer],
    ]);
    expect(await answerTo({ authorization: bearer, dpop: await proof() })).toEqual([
      ...[401, 'The token is bound, and was sent as Bearer.', sentAsBearer],
    ]);
  });

  it('takes a proof once, whatever happens meanwhile (EXT-45, EXT-46, ATK-52)', async () => {
    const seen = { authorization: `DPoP ${person.token()}`, dpop: await proof() };
    expect(await answerTo(seen)).toEqual([200, undefined, undefined]);
    expect(await answerTo(seen)).toEqual([401, 'The proof was used before.', proofInvalid]);
    await app.restart();
    expect(await answerTo(seen)).toEqual(
      mode === 'on'
        ? [401, 'The proof was used before.', proofInvalid]
        : [401, 'The proof has a stale or foreign nonce.', nonceRequired],
    );
  });

  it('refuses a stolen refresh token, which stays good for its owner (EXT-42)', async () => {
    const { memory } = person;
    const response = await fetch(`${app.origin}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: memory.currentTokens?.refresh_token ?? '',
        client_id: memory.registration?.client_id ?? '',
      }),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'grant request is invalid' },
    ]);
    const provider = Object.assign(memory, { dpop: () => session });
    expect(await auth(provider, { serverUrl: app.resource })).toBe('AUTHORIZED');
  });
});

/** As clients do it: the first answer brings the nonce, the second request has it. */
async function withNonce<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return ask();
  }
}
