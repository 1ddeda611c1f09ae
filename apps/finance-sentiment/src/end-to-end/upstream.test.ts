import { type BrowserPage, formBrowser } from '@portcullis/provider-local/testing';
import { upstreamAccounts } from '@portcullis/provider-local/upstream';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acme, startAcme } from './acme.harness.js';
import { callWith, signIn } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

let acme: Acme;
let world: World;
beforeAll(async () => {
  acme = await startAcme();
  const { issuer, clientId, clientSecret } = acme;
  world = await startWorld(() => ({
    accounts: upstreamAccounts({
      ...{ issuer, clientId, clientSecret, name: 'Acme SSO' },
      account: ({ groups }) =>
        Array.isArray(groups) && groups.includes('finance')
          ? { scopes: ['mcp:tools:*'] }
          : undefined,
    }),
  }));
});
afterAll(async () => {
  await world.close();
  await acme.close();
});

/** Ada goes on to Acme, comes back from there, and allows what is asked. */
async function browse(url: URL): Promise<URL> {
  const browser = formBrowser();
  const departed = await browser.submit(lastForm(await browser.open(url)), {
    decision: 'continue',
  });
  const there = await fetch(departed.leadsTo ?? '', { redirect: 'manual' });
  const consent = lastForm(await browser.open(there.headers.get('location') ?? ''));
  const scope = consent.boxes.map(({ value }) => value);
  const { leadsTo } = await browser.submit(consent, { decision: 'allow', scope });
  if (!leadsTo) throw new Error('The pages lead nowhere.');
  return leadsTo;
}

function lastForm({ forms, status, html }: BrowserPage) {
  const form = forms.at(-1);
  if (!form) throw new Error(`No form on the page: ${status} ${html}`);
  return form;
}

describe('people who sign in at their company', () => {
  it('call tools as themselves, with what the company lets them allow (AS-130, AS-134)', async () => {
    const scopes = ['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'];
    const { client, token } = await signIn(world.resource, { scopes, browse });
    expect(await client.callTool({ name: 'whoami', arguments: {} })).toMatchObject({
      structuredContent: {
        subject: expect.stringMatching(/^upstream:[\w-]{43}$/),
        actor: 'user',
        scopes: ['mcp:tools:analyze_sentiment'],
      },
    });
    expect(decodeJwt(token()).iss).toBe(world.origin);
    expect(JSON.stringify(world.audit.events)).not.toContain('acme-token');
    await client.close();
  });

  it('lose it at once when they sign out there: the next call, and what is open (RS-86, ATK-72)', async () => {
    const scopes = ['mcp:tools:analyze_sentiment'];
    const { client, token } = await signIn(world.resource, { scopes, browse });
    const subscription = await client.listen({ toolsListChanged: true });
    const authorization = `Bearer ${token()}`;
    expect((await callWith(world.resource, { authorization })).status).toBe(200);

    const told = await fetch(`${world.origin}/upstream/logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await acme.logoutToken() }),
    });
    expect(told.status).toBe(200);
    expect(await subscription.closed).toBe('graceful');
    expect((await callWith(world.resource, { authorization })).status).toBe(401);
    await client.close();
  });
});
