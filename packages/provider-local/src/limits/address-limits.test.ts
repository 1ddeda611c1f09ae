import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ada, authorizationUrl, pkce, post, register } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { few, limitedIssuer, secret, short } from './__fixtures__/limited-issuer.js';

const limited = limitedIssuer();
const { clock, start, machine } = limited;

describe('registrations', () => {
  it('have a budget by address, which a made-up header does not widen (AS-47)', async () => {
    await start({ rateLimits: { registration: few }, trustedProxies: 0 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const response = await fetch(`${limited.issuer.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${n}` },
        body: JSON.stringify({
          redirect_uris: ['http://127.0.0.1:1/cb'],
          token_endpoint_auth_method: 'none',
        }),
      });
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(response.headers.get('retry-after')).toBe('30');
      expect(await response.json()).toMatchObject({ error: 'too_many_requests' });
    }
    expect(statuses).toEqual([201, 201, 429, 429]);
  });

  it('share one that is 20 times as large where addresses are not known', async () => {
    await start({ rateLimits: { registration: { requests: 1, seconds: 60 } } });
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) statuses.push((await register(limited.issuer)).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 201), 429]);
  });
});

describe('registrations with an initial access token', () => {
  it('are kept waiting by nobody who brings a wrong one', async () => {
    const { issuer, provider } = await start({
      rateLimits: { registration: { requests: 1, seconds: 3600 } },
      dynamicRegistration: 'initial_access_token',
    });
    const token = await provider.initialAccessTokens.issue({ uses: 21 });
    const send = async (bearer: string) => {
      const response = await fetch(`${issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        body: JSON.stringify({
          redirect_uris: ['http://127.0.0.1:1/cb'],
          token_endpoint_auth_method: 'none',
        }),
      });
      await response.text();
      return response.status;
    };
    for (let n = 0; n < 30; n += 1) expect(await send(`iat_${n}`)).toBe(401);
    for (let n = 0; n < 20; n += 1) expect(await send(token)).toBe(201);
    // What is refused is not used up.
    expect(await send(token)).toBe(429);
    clock.now += 3600;
    expect(await send(token)).toBe(201);
    expect(await send(token)).toBe(401);
  });
});

describe('revocations', () => {
  it('have a budget of their own', async () => {
    await start({ rateLimits: { revocation: few }, trustedProxies: 0 });
    const form = { token: 'x', client_id: 'robot', client_secret: secret };
    const revoke = async () => (await post(`${limited.issuer.issuer}/revoke`, form)).status;
    expect([await revoke(), await revoke(), await revoke()]).toEqual([200, 200, 429]);
    expect(short(await machine())).toBe(200);
  });
});

describe('tries to sign in', () => {
  it('have a budget by address, whatever name they try', async () => {
    await start({ rateLimits: { signIn: few }, trustedProxies: 0 });
    const { client_id } = (await register(limited.issuer)).body;
    const browser = formBrowser();
    const { challenge } = pkce();
    let page = await browser.open(
      authorizationUrl(limited.issuer, { client_id, code_challenge: challenge }),
    );
    const attempt = async (username: string, password: string) => {
      const [form] = page.forms;
      if (!form) throw new Error('There is no form.');
      page = await browser.submit(form, { username, password });
      return page.status;
    };
    expect([await attempt('eve', 'x'), await attempt('mallory', 'x')]).toEqual([200, 200]);
    expect(await attempt(ada.username, ada.password)).toBe(429);
    expect(page.headers.get('retry-after')).toBe('30');
    clock.now += 30;
    await attempt(ada.username, ada.password);
    expect(page.html).toContain('Signed in as');
  });
});

describe('client id documents', () => {
  it('are fetched from one host only so often, without a redirect (AS-27, ATK-27)', async () => {
    let fetched = 0;
    const documents = createServer((request, response) => {
      fetched += 1;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          client_id: `https://client.example${request.url}`,
          client_name: 'Client',
          redirect_uris: ['http://127.0.0.1:1/cb'],
          token_endpoint_auth_method: 'none',
        }),
      );
    });
    await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
    const { port } = documents.address() as AddressInfo;
    await start({
      rateLimits: { clientDocuments: few },
      dangerouslyMapClientDocuments: { 'https://client.example': `http://127.0.0.1:${port}` },
    });
    const open = (path: string) =>
      formBrowser().open(
        authorizationUrl(limited.issuer, {
          client_id: `https://client.example/${path}`,
          code_challenge: pkce().challenge,
          redirect_uri: 'http://127.0.0.1:1/cb',
        }),
      );
    expect([(await open('a')).status, (await open('b')).status]).toEqual([200, 200]);
    const page = await open('c');
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '30']);
    expect(page.html).toContain('Too many apps are asking at once');
    expect(page.leadsTo).toBeUndefined();
    // What is remembered needs no fetch.
    expect((await open('a')).status).toBe(200);
    for (let n = 0; n < 20; n += 1) await open(`flood-${n}`);
    expect(fetched).toBe(2);
    expect(limited.issuer.events().map(({ type }) => type)).toContain('rate_limited');
    clock.now += 30;
    expect((await open('c')).status).toBe(200);
    documents.closeAllConnections();
    documents.close();
  });
});
