import { ConfigurationError } from '@portcullis/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  bob,
  callback,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { type FormBrowser, formBrowser, type PersonOptions } from '../testing/form-browser.js';

const secret = 'x'.repeat(32);
const scope = 'mcp:tools:weather';

const open: TestIssuer[] = [];
afterAll(() => Promise.all(open.map((issuer) => issuer.close())));

/** An issuer of a test's own, with two clients that registered themselves. */
async function start() {
  const issuer = await startIssuer({
    clients: [
      {
        clientId: 'web',
        name: 'Web',
        redirectUris: ['https://web.example/callback'],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'none' },
      },
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
  open.push(issuer);
  const client = (await register(issuer)).body.client_id;
  const other = (await register(issuer)).body.client_id;
  return { issuer, client, other, ...as(issuer) };
}

/** What happens at one issuer. */
function as(issuer: TestIssuer) {
  const verdict = async (value: string) => {
    const context = {
      resource: issuer.resource,
      now: Date.now() / 1000,
      signal: AbortSignal.timeout(5000),
    };
    const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
    return answer.kind === 'principal' ? 'good' : answer.code;
  };
  const refreshed = async (client_id: string, { refresh_token }: { refresh_token: string }) =>
    (
      await post(`${issuer.issuer}/token`, {
        grant_type: 'refresh_token',
        client_id,
        refresh_token,
      })
    ).status;
  const tokensOf = async (clientId: string, person: PersonOptions = ada, browser = formBrowser()) =>
    (await walk(issuer, clientId, { person, scope, browser })).tokens;
  const machineToken = async () => {
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
    return String((await post(`${issuer.issuer}/token`, form)).body.access_token);
  };
  /** What a browser is shown that comes with a client's request. */
  const shown = async (browser: FormBrowser, clientId: string, redirect_uri = callback) => {
    const parameters = {
      client_id: clientId,
      code_challenge: pkce().challenge,
      scope,
      redirect_uri,
    };
    const page = await browser.open(authorizationUrl(issuer, parameters));
    if (page.leadsTo !== undefined) return 'sent back';
    return page.html.includes('type="password"') ? 'sign-in' : 'consent';
  };
  return { verdict, refreshed, tokensOf, machineToken, shown };
}

// At once: whoever ends the access of somebody waits for the next second.
describe.concurrent('revoke', () => {
  it('of a person ends every grant and every sign-in of that person, and of nobody else', async () => {
    const { issuer, client, other, tokensOf, verdict, refreshed, shown } = await start();
    const browser = formBrowser();
    const [here, there] = [await tokensOf(client, ada, browser), await tokensOf(other, ada)];
    const bobs = await tokensOf(client, bob);
    const heard = vi.fn();
    const stop = issuer.provider.onRevocation?.(heard);
    await issuer.provider.revoke({ subject: 'user:ada' });
    stop?.();
    expect(heard.mock.calls).toEqual([[{ kind: 'subject', subject: 'user:ada' }]]);
    for (const tokens of [here, there]) {
      expect(await verdict(tokens.access_token)).toBe('token_revoked');
    }
    expect(await refreshed(client, here)).toBe(400);
    expect(await refreshed(other, there)).toBe(400);
    expect(await shown(browser, client)).toBe('sign-in');
    expect(await verdict((await tokensOf(client, ada, browser)).access_token)).toBe('good');
    expect(await verdict(bobs.access_token)).toBe('good');
    expect(await refreshed(client, bobs)).toBe(200);
    expect(issuer.events().find(({ type }) => type === 'token_revoked')).toMatchObject({
      subject: 'user:ada',
      detail: 'all access, by the operator; 2 held some',
    });
  });

  it('of a client ends what all people gave it', async () => {
    const { issuer, client, other, tokensOf, verdict, refreshed } = await start();
    const [adas, bobs] = [await tokensOf(client, ada), await tokensOf(client, bob)];
    const elsewhere = await tokensOf(other, ada);
    const heard = vi.fn();
    const stop = issuer.provider.onRevocation?.(heard);
    await issuer.provider.revoke({ clientId: client });
    stop?.();
    const told = heard.mock.calls.map(([{ subject, clientId }]) => [subject, clientId]);
    expect(told.toSorted()).toEqual([
      [client, client],
      ['user:ada', client],
      ['user:bob', client],
    ]);
    expect(await verdict(adas.access_token)).toBe('token_revoked');
    expect(await verdict(bobs.access_token)).toBe('token_revoked');
    expect(await refreshed(client, adas)).toBe(400);
    expect(await verdict(elsewhere.access_token)).toBe('good');
  });

  it('of a client ends the tokens that it got for itself up to then', async () => {
    const { issuer, machineToken, verdict } = await start();
    const before = await machineToken();
    await issuer.provider.revoke({ clientId: 'robot' });
    expect(await verdict(before)).toBe('token_revoked');
    expect(await verdict(await machineToken())).toBe('good');
    expect(await verdict(before)).toBe('token_revoked');
  });

  it('of both ends one connection and its remembered consent, and no sign-in', async () => {
    const { issuer, client, shown, tokensOf, verdict } = await start();
    const browser = formBrowser();
    const redirect = 'https://web.example/callback';
    await walk(issuer, 'web', { browser, scope, parameters: { redirect_uri: redirect } });
    expect(await shown(browser, 'web', redirect)).toBe('sent back');
    const kept = await tokensOf(client, ada);
    await issuer.provider.revoke({ subject: 'user:ada', clientId: 'web' });
    expect(await shown(browser, 'web', redirect)).toBe('consent');
    expect(await verdict(kept.access_token)).toBe('good');
  });

  it('of nobody, or of somebody unknown, ends nothing', async () => {
    const { issuer, client, tokensOf, verdict } = await start();
    const tokens = await tokensOf(client);
    const revoke = (of: object) => issuer.provider.revoke(of as { subject: string });
    await expect(revoke({})).rejects.toThrow(ConfigurationError);
    await expect(revoke({ subject: '' })).rejects.toThrow(/names nobody/);
    await revoke({ subject: 'user:nobody' });
    await revoke({ clientId: 'nobody' });
    expect(await verdict(tokens.access_token)).toBe('good');
  });
});
