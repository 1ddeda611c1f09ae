import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { crashingStore } from '../store/__fixtures__/crashing-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import type { AccessOf } from './live-access.js';

const client_id = 'web';
const store = crashingStore(memoryStore());
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({
    store,
    clients: [
      {
        clientId: client_id,
        name: 'Web',
        redirectUris: [callback],
        scopes: ['mcp:tools:*'],
        authentication: { method: 'none' },
      },
    ],
    rateLimits: false,
  });
});
afterAll(() => issuer.close());

type Tokens = Readonly<Record<string, unknown>>;
const token = async (form: Readonly<Record<string, string>>): Promise<Tokens> =>
  (await post(`${issuer.issuer}/token`, { client_id, ...form })).body;
const refresh = (refresh_token: unknown) =>
  token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) });

/** Whether anything of the tokens is of any use. */
async function live({ access_token, refresh_token }: Tokens): Promise<boolean> {
  const { resource, provider } = issuer;
  const context = { resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
  const value = String(access_token);
  const { kind } = await provider.verify({ scheme: 'Bearer', value }, context);
  if (kind === 'principal') return true;
  return refresh_token !== undefined && (await refresh(refresh_token)).error === undefined;
}

/** Requests that somebody has begun, up to the tokens. */
const requests: Readonly<Record<string, () => Promise<() => Promise<Tokens>>>> = {
  async 'a code is redeemed'() {
    const { verifier, challenge } = pkce();
    const url = authorizationUrl(issuer, { client_id, code_challenge: challenge });
    const target = await formBrowser().authorize(url, ada);
    return () =>
      token({
        grant_type: 'authorization_code',
        code: target.searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: callback,
      });
  },
  async 'tokens are refreshed'() {
    const { tokens } = await walk(issuer, client_id);
    return () => refresh(tokens.refresh_token);
  },
};

describe.each(Object.keys(requests))('access that is taken away while %s', (name) => {
  it('is gone, whichever step that comes before (AS-121)', async () => {
    for (let step = 1; ; step += 1) {
      const request = await requests[name]?.();
      if (!request) throw new Error(`There is no ${name}.`);
      const of: AccessOf = { subject: 'user:ada', clientId: client_id };
      store.interruptAt(step, () => issuer.provider.revoke(of));
      const tokens = await request();
      const where = store.crashed();
      if (where === undefined) break;
      expect(await live(tokens), where).toBe(false);
    }
  });
});

describe('access that is taken away while a person allows it', () => {
  it('is gone or can be taken away again, whichever step that comes before', async () => {
    const of: AccessOf = { subject: 'user:ada', clientId: client_id };
    for (let step = 1; ; step += 1) {
      const browser = formBrowser();
      const { verifier, challenge } = pkce();
      const url = authorizationUrl(issuer, { client_id, code_challenge: challenge });
      const [signIn] = (await browser.open(url)).forms;
      const consent = signIn && (await browser.submit(signIn, ada)).forms.at(-1);
      if (!consent) throw new Error('There is no form.');
      store.interruptAt(step, () => issuer.provider.revoke(of));
      const page = await browser.submit(consent, { decision: 'allow', scope: 'mcp:tools:weather' });
      const where = store.crashed();
      if (where === undefined) break;
      const tokens = await token({
        grant_type: 'authorization_code',
        code: page.leadsTo?.searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: callback,
      });
      await issuer.provider.revoke(of);
      expect(await live(tokens), where).toBe(false);
    }
  });
});
