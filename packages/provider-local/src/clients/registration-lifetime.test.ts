import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineAdapter } from '../engine/engine-adapter.js';
import { expiringRegistrations } from '../engine/registration-lifetime.js';
import {
  ada,
  authorizationUrl,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { noteRemoval } from './removed-clients.js';

const day = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2027-01-15T08:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

async function open(issuer: TestIssuer, client_id: string) {
  const { challenge } = pkce();
  return formBrowser().open(authorizationUrl(issuer, { client_id, code_challenge: challenge }));
}

describe('a client that registered itself', () => {
  it('is gone after seven days in which nobody allowed it anything (AS-47)', async () => {
    const store = memoryStore();
    const issuer = await startIssuer({ store });
    const { client_id } = (await register(issuer)).body;
    later(7 * day - 1);
    expect((await open(issuer, client_id)).status).toBe(200);
    later(1);
    const page = await open(issuer, client_id);
    expect(page.status).toBe(400);
    expect(page.html).toContain('This app is not known here');
    expect(await store.read('Client', client_id)).toBeUndefined();
    await store.sweep(Date.now() / 1000, 1000);
    await issuer.close();
  });

  it('stays for good once somebody did, also where that was on the last day', async () => {
    const issuer = await startIssuer();
    const { client_id } = (await register(issuer)).body;
    later(7 * day - 1);
    const { tokens } = await walk(issuer, client_id);
    expect(tokens.scope).not.toBe('');
    later(400 * day);
    expect((await open(issuer, client_id)).status).toBe(200);
    await walk(issuer, client_id, { scope: 'mcp:tools:pay' });
    later(400 * day);
    expect((await open(issuer, client_id)).status).toBe(200);
    await issuer.close();
  });

  it('ends with its token, which neither use nor change lengthens (AS-47, AS-49)', async () => {
    const issuer = await startIssuer();
    const { body } = await register(issuer);
    const manage = async (change?: object) =>
      (
        await fetch(String(body.registration_client_uri), {
          method: change ? 'PUT' : 'GET',
          headers: {
            authorization: `Bearer ${body.registration_access_token}`,
            'content-type': 'application/json',
          },
          ...(change ? { body: JSON.stringify(change) } : {}),
        })
      ).status;
    const { client_id, redirect_uris } = body;
    const change = { client_id, redirect_uris, token_endpoint_auth_method: 'none' };
    later(7 * day - 1);
    expect([await manage(), await manage(change)]).toEqual([200, 200]);
    later(1);
    expect([await manage(), await manage(change)]).toEqual([401, 401]);
    expect((await open(issuer, client_id)).status).toBe(400);
    await issuer.close();
  });

  it('keeps its token, kept as a hash, when somebody allowed it something (AS-49)', async () => {
    const inner = memoryStore();
    const written: string[] = [];
    const issuer = await startIssuer({
      store: {
        ...inner,
        write(kind, id, payload, options) {
          written.push(JSON.stringify([payload, options]));
          return inner.write(kind, id, payload, options);
        },
        replace(kind, id, expected, payload) {
          written.push(JSON.stringify(payload));
          return inner.replace(kind, id, expected, payload);
        },
      },
    });
    const { body } = await register(issuer);
    await walk(issuer, body.client_id);
    later(400 * day);
    const authorization = `Bearer ${body.registration_access_token}`;
    const url = String(body.registration_client_uri);
    const shown = await fetch(url, { headers: { authorization } });
    expect([shown.status, await shown.json()]).toEqual([200, body]);
    expect(written.join()).toContain(body.client_id);
    expect(written.join()).not.toContain(body.registration_access_token);
    await issuer.close();
  });

  it('has people asked again once it says something else about itself (AS-47, AS-49)', async () => {
    const issuer = await startIssuer();
    const redirect_uri = 'https://app.example/cb';
    const metadata = { redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
    const { body } = await register(issuer, metadata);
    const { client_id } = body;
    later(2 * day);
    const browser = formBrowser();
    await walk(issuer, client_id, { browser, parameters: { redirect_uri } });
    const skipsConsent = async () => {
      const parameters = { client_id, redirect_uri, code_challenge: pkce().challenge };
      const { leadsTo } = await browser.open(authorizationUrl(issuer, parameters));
      return leadsTo?.href.startsWith(redirect_uri) ?? false;
    };
    expect(await skipsConsent()).toBe(true);
    const changed = await fetch(String(body.registration_client_uri), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${body.registration_access_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...metadata, client_id, client_name: 'Your bank' }),
    });
    expect(changed.status).toBe(200);
    expect(await skipsConsent()).toBe(false);
    await issuer.close();
  });

  it('does not come back through a grant or a change that began before it was removed (AS-49)', async () => {
    const store = memoryStore();
    const settings = { store, unusedRegistrationDays: 7 };
    const adapterOf = (kind: string) =>
      expiringRegistrations(kind, engineAdapter(kind, store, undefined), settings);
    await adapterOf('Client').upsert('dcr_gone', { client_id: 'dcr_gone' }, 0);
    // As a removal does, and then the grant of a request that looked the client up before.
    await noteRemoval(store, 'dcr_gone');
    await noteRemoval(store, 'operators');
    for (const clientId of ['dcr_gone', 'operators']) {
      const granting = adapterOf('Grant').upsert('g', { clientId, accountId: 'u' }, 60);
      await expect(granting).rejects.toThrow('invalid_client');
      expect(await adapterOf('Grant').find('g')).toBeUndefined();
    }
    expect(await adapterOf('Client').find('dcr_gone')).toBeUndefined();
  });

  it('does not stay for a denial, nor because it says so itself', async () => {
    const issuer = await startIssuer({ unusedRegistrationDays: 1 });
    const { body, status } = await register(issuer, { in_use: true });
    expect([status, body.in_use]).toEqual([201, undefined]);
    const { challenge } = pkce();
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, { client_id: body.client_id, code_challenge: challenge }),
      { ...ada, decision: 'deny' },
    );
    expect(target.searchParams.get('error')).toBe('access_denied');
    later(day);
    expect((await open(issuer, body.client_id)).status).toBe(400);
    await issuer.close();
  });

  it('keeps a secret that goes on working after the first grant', async () => {
    const issuer = await startIssuer();
    const { body } = await register(issuer, {
      redirect_uris: ['https://app.example/cb'],
      token_endpoint_auth_method: 'client_secret_post',
    });
    const { verifier, challenge } = pkce();
    const parameters = { redirect_uri: 'https://app.example/cb', code_challenge: challenge };
    const redeem = async () => {
      const target = await formBrowser().authorize(
        authorizationUrl(issuer, { client_id: body.client_id, ...parameters }),
        ada,
      );
      const response = await fetch(`${issuer.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: body.client_id,
          client_secret: String(body.client_secret),
          code: target.searchParams.get('code') ?? '',
          code_verifier: verifier,
        }),
      });
      return response.status;
    };
    expect(await redeem()).toBe(200);
    later(30 * day);
    expect(await redeem()).toBe(200);
    await issuer.close();
  });

  it('stays where its registration is written anew after somebody allowed it something', async () => {
    const store = memoryStore();
    const settings = { store, unusedRegistrationDays: 7 };
    const adapterOf = (kind: string) =>
      expiringRegistrations(kind, engineAdapter(kind, store, undefined), settings);
    const clients = adapterOf('Client');
    for (const client_id of ['dcr_used', 'dcr_unused']) {
      await clients.upsert(client_id, { client_id }, 0);
    }
    await adapterOf('Grant').upsert('g', { clientId: 'dcr_used' }, 60);
    for (const client_id of ['dcr_used', 'dcr_unused']) {
      await clients.upsert(client_id, { client_id, client_name: 'New' }, 0);
    }
    later(7 * day);
    expect(await clients.find('dcr_used')).toMatchObject({ client_name: 'New' });
    expect(await clients.find('dcr_unused')).toBeUndefined();
  });

  it('is kept for a whole number of days', async () => {
    const wrong = startIssuer({ unusedRegistrationDays: 0, dynamicRegistration: 'yes' as never });
    await expect(wrong).rejects.toThrow(
      /"initial_access_token"; got "yes"[\s\S]*whole number from 1 to 365; got 0/,
    );
  });
});
