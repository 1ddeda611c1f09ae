import { describe, expect, it } from 'vitest';
import { post, register, walk } from '../issuer.harness.js';
import { few, limitedIssuer, short } from './__fixtures__/limited-issuer.js';

const limited = limitedIssuer();
const { clock, start, machine, refresh } = limited;

describe('too many token requests of a client', () => {
  it('get 429 with Retry-After until the budget refills, and no other client does', async () => {
    await start({ rateLimits: { clientTokens: few } });
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
    const answer = await machine();
    expect({
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      caching: answer.headers.get('cache-control'),
      origin: answer.headers.get('access-control-allow-origin'),
      body: answer.body,
    }).toEqual({
      status: 429,
      retryAfter: '30',
      caching: 'no-store',
      origin: '*',
      body: { error: 'too_many_requests', error_description: 'Too many requests; wait 30 s' },
    });
    expect(limited.issuer.events().at(-1)).toMatchObject({
      type: 'rate_limited',
      detail: '/token',
    });
    expect(short(await machine('other'))).toBe(200);
    clock.now += 30;
    expect(short(await machine())).toBe(200);
  });

  it('are not used up by somebody who only claims to be it', async () => {
    await start({ rateLimits: { clientTokens: few, clientSecrets: false } });
    for (let n = 0; n < 10; n += 1) {
      expect(short(await machine('robot', 'x'.repeat(30)))).toBe('401 invalid_client');
    }
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
  });

  it('are not used up by requests that are refused before anybody is authenticated', async () => {
    await start({ rateLimits: { clientTokens: few, clientSecrets: false } });
    for (let n = 0; n < 10; n += 1) {
      const answer = await fetch(`${limited.issuer.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'robot',
          client_assertion: 'x',
        }),
      });
      expect(answer.status).toBe(400);
    }
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
  });
});

describe('refreshes', () => {
  it('of one grant have a budget, and what is refused is not used up', async () => {
    await start({ rateLimits: { refreshes: few }, refreshGraceSeconds: 0 });
    const { client_id } = (await register(limited.issuer)).body;
    let { refresh_token: token } = (await walk(limited.issuer, client_id)).tokens;
    const { refresh_token: other } = (await walk(limited.issuer, client_id)).tokens;
    for (let n = 0; n < 2; n += 1) {
      const { body } = await refresh(client_id, token);
      token = String(body.refresh_token);
    }
    expect(short(await refresh(client_id, token))).toBe('429 too_many_requests');
    expect(short(await refresh(client_id, other))).toBe(200);
    clock.now += 30;
    expect(short(await refresh(client_id, token))).toBe(200);
  });
});

describe('repetitions of a refresh', () => {
  it('count as refreshes of their grant, and not as tokens that are none', async () => {
    await start({
      rateLimits: { failedGrants: few, refreshes: { requests: 4, seconds: 60 } },
      trustedProxies: 0,
    });
    const { client_id } = (await register(limited.issuer)).body;
    const { refresh_token } = (await walk(limited.issuer, client_id)).tokens;
    const first = await refresh(client_id, refresh_token);
    for (let n = 0; n < 3; n += 1) {
      const again = await refresh(client_id, refresh_token);
      expect(again.body.refresh_token).toBe(first.body.refresh_token);
    }
    expect(short(await refresh(client_id, first.body.refresh_token))).toBe('429 too_many_requests');
    // It is the same answer once more, and nothing that could be hidden behind a 429.
    expect(short(await refresh(client_id, refresh_token))).toBe(200);
    clock.now += 15;
    expect(short(await refresh(client_id, first.body.refresh_token))).toBe(200);
  });
});

describe('codes and refresh tokens that are none', () => {
  it('stay invalid_grant however many there are, and count against those that live', async () => {
    await start({ rateLimits: { failedGrants: few }, trustedProxies: 0 });
    const { client_id } = (await register(limited.issuer)).body;
    const { refresh_token } = (await walk(limited.issuer, client_id)).tokens;
    for (let n = 0; n < 20; n += 1) {
      expect(short(await refresh(client_id, `guess-${n}`))).toBe('400 invalid_grant');
    }
    const code = {
      grant_type: 'authorization_code',
      client_id,
      code: 'x',
      code_verifier: 'x'.repeat(43),
    };
    expect(short(await post(`${limited.issuer.issuer}/token`, code))).toBe('400 invalid_grant');
    expect(short(await refresh(client_id, refresh_token))).toBe('429 too_many_requests');
    expect(short(await refresh(client_id, 'guess'))).toBe('400 invalid_grant');
    clock.now += 60;
    expect(short(await refresh(client_id, refresh_token))).toBe(200);
  });

  it('count for the address that the trusted proxy saw, and for no other', async () => {
    await start({ rateLimits: { failedGrants: few }, trustedProxies: 1 });
    const { client_id } = (await register(limited.issuer)).body;
    const { refresh_token } = (await walk(limited.issuer, client_id)).tokens;
    for (let n = 0; n < 5; n += 1) {
      // What the sender made up stands before what the proxy added.
      const headers = { 'x-forwarded-for': `192.0.2.${n}, 203.0.113.7` };
      expect(short(await refresh(client_id, 'guess', headers))).toBe('400 invalid_grant');
    }
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect(short(await refresh(client_id, refresh_token, from('203.0.113.7')))).toBe(
      '429 too_many_requests',
    );
    expect(short(await refresh(client_id, refresh_token, from('203.0.113.8')))).toBe(200);
  });

  it('keep nobody out where addresses are not known: everybody shares the client', async () => {
    await start({ rateLimits: { failedGrants: few } });
    const { client_id } = (await register(limited.issuer)).body;
    const { refresh_token } = (await walk(limited.issuer, client_id)).tokens;
    for (let n = 0; n < 10; n += 1) await refresh(client_id, 'guess');
    expect(short(await refresh(client_id, refresh_token))).toBe(200);
  });
});
