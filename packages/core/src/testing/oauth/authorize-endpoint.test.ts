import { describe, expect, it } from 'vitest';
import {
  authorize,
  CALLBACK,
  handedOver,
  startAuthorization,
} from './fake-authorization.harness.js';
import { oauthFault } from './oauth-fault.js';

describe('the authorization endpoint', () => {
  it('approves at once, with code, state and issuer (RFC 9207)', async () => {
    const answer = await authorize(startAuthorization());
    expect(answer.status).toBe(302);
    expect(handedOver(answer)).toEqual({
      code: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/),
      state: 'st-1',
      iss: 'https://as.example.com',
    });
  });

  it('leaves out the issuer and the state where there is none', async () => {
    const oauth = startAuthorization({ sendsIssuer: () => false });
    const answer = await authorize(oauth, { state: undefined });
    expect(Object.keys(handedOver(answer))).toEqual(['code']);
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }, 'Nobody knows the client.'],
    ['no client', { client_id: undefined }, 'Nobody knows the client.'],
    ['another redirect', { redirect_uri: `${CALLBACK}/x` }, 'is not one of the client'],
    ['a longer host', { redirect_uri: 'https://app.example.com.evil.net/callback' }, 'is not one'],
    ['no redirect', { redirect_uri: undefined }, 'is not one of the client'],
    [
      'a port that is not loopback',
      { redirect_uri: 'https://app.example.com:8/callback' },
      'is not',
    ],
    ['another loopback name', { redirect_uri: 'http://localhost:1000/cb' }, 'is not one'],
    ['another loopback path', { redirect_uri: 'http://127.0.0.1:1000/other' }, 'is not one'],
  ])('redirects nobody for %s', async (_, change, sentence) => {
    const answer = await authorize(startAuthorization(), change);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.json()).toEqual({
      error: 'invalid_request',
      error_description: expect.stringContaining(sentence),
    });
  });

  it('takes any port of a registered loopback address (RFC 8252 §7.3)', async () => {
    const answer = await authorize(startAuthorization(), {
      redirect_uri: 'http://127.0.0.1:54321/cb',
    });
    expect(answer.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:54321\/cb\?code=/);
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: undefined }, 'unsupported_response_type'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
  ])('tells the client what is wrong with %o', async (change, error) => {
    const told = handedOver(await authorize(startAuthorization(), change));
    expect(told).toMatchObject({ error, state: 'st-1', iss: 'https://as.example.com' });
    expect(told).not.toHaveProperty('code');
  });

  it('tells the client of a parameter that came twice, and of a vendor’s refusal', async () => {
    const oauth = startAuthorization({
      decide: () => oauthFault('invalid_target', 'Nobody knows that resource.'),
    });
    const refused = handedOver(await authorize(oauth));
    expect(refused).toMatchObject({
      error: 'invalid_target',
      error_description: 'Nobody knows that resource.',
    });
    const url = new URL('https://as.example.com/authorize?client_id=public&scope=a&scope=b');
    url.searchParams.set('redirect_uri', CALLBACK);
    expect(handedOver(await oauth.authorize(new Request(url))).error).toBe('invalid_request');
  });

  it('hands resources, audience and scopes to the vendor', async () => {
    const asked: unknown[] = [];
    const oauth = startAuthorization({
      decide: (request) => {
        const { parameters: _all, client, ...rest } = request;
        asked.push({ ...rest, client: client.clientId });
        return { audience: [], scopes: [] };
      },
    });
    await authorize(oauth, { audience: 'https://api.example.com/' });
    expect(asked).toEqual([
      {
        client: 'public',
        grantType: 'authorization_code',
        scopes: ['news:read', 'offline_access'],
        resources: ['https://mcp.example.com/mcp'],
        audience: 'https://api.example.com/',
      },
    ]);
  });

  it('takes the https URL of a client whose document the vendor has, and no other', async () => {
    const id = 'https://app.example.com/client.json';
    const oauth = startAuthorization({
      clientDocument: async (url) => (url === id ? { redirect_uris: [CALLBACK] } : undefined),
    });
    expect(handedOver(await authorize(oauth, { client_id: id }))).toHaveProperty('code');
    const other = await authorize(oauth, { client_id: 'https://evil.example.com/client.json' });
    expect(other.status).toBe(400);
    expect((await authorize(startAuthorization(), { client_id: id })).status).toBe(400);
  });

  it('takes a form that was posted', async () => {
    const oauth = startAuthorization();
    const query = new URL('https://as.example.com/?client_id=public&response_type=code')
      .searchParams;
    query.set('redirect_uri', CALLBACK);
    const request = new Request('https://as.example.com/authorize', {
      method: 'POST',
      body: query,
    });
    expect(handedOver(await oauth.authorize(request)).error_description).toBe(
      'A code challenge with the method S256 is required.',
    );
  });
});
