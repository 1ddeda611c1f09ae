import { createMcpAuth } from '@portcullis/server-adapter';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  authorizationUrl,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
  type Walk,
  walk,
} from './issuer.harness.js';
import { type FormBrowser, formBrowser } from './testing/form-browser.js';

let issuer: TestIssuer;
let clientId: string;
let call: (token: string) => Promise<{ readonly status: number; readonly challenge: string }>;
let browser: FormBrowser;
const start = Math.floor(Date.now() / 1000) * 1000;
const after = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: start + seconds * 1000 });

beforeEach(async () => {
  after(0);
  issuer = await startIssuer();
  clientId = (await register(issuer)).body.client_id;
  browser = formBrowser();
  const { resource, provider } = issuer;
  const auth = createMcpAuth({
    ...{ resource, provider, scopes: vocabulary, clock: () => Date.now() },
    policy: { tools: { pay: { needs: ['mcp:tools:pay'], maxAge: 60 } } },
  });
  const handler = auth.protect(async () => new Response(null, { status: 202 }));
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'pay' } };
  call = async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(message) };
    const answer = await handler(new Request(resource, init));
    return { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? '' };
  };
});

afterEach(async () => {
  vi.useRealTimers();
  await issuer.close();
});

/** A parameter of a challenge, as a client reads it. */
const parameter = (challenge: string, name: string): string | undefined =>
  new RegExp(`[ ,]${name}="?([^",]*)`).exec(challenge)?.[1];

const scope = 'mcp:tools:pay';
const again = (parameters: Readonly<Record<string, string | undefined>> = {}): Promise<Walk> =>
  walk(issuer, clientId, { browser, scope, parameters });

it('lets a call pass once its person has signed in again, as the challenge asked (RFC 9470 §3–§5)', async () => {
  const { tokens } = await again();
  expect((await call(tokens.access_token)).status).toBe(202);
  after(61);
  const { status, challenge } = await call(tokens.access_token);
  expect([status, challenge]).toEqual([
    401,
    `Bearer error="insufficient_user_authentication", scope="mcp:tools:pay", resource_metadata="${issuer.issuer}/.well-known/oauth-protected-resource/mcp", max_age=60, error_description="A more recent or stronger sign-in is required"`,
  ]);
  const max_age = parameter(challenge, 'max_age');
  const { challenge: code_challenge } = pkce();
  const asked = authorizationUrl(issuer, { client_id: clientId, code_challenge, max_age, scope });
  expect((await browser.open(asked)).html).toContain('type="password"');
  const fresh = await again({ max_age });
  expect(claimsOf(fresh.tokens.access_token).auth_time).toBe(start / 1000 + 61);
  expect((await call(fresh.tokens.access_token)).status).toBe(202);
  after(100);
  expect((await call(fresh.tokens.access_token)).status).toBe(202);
});

it('makes no sign-in younger by a refresh, or by a new code for the old one, and stops asking then', async () => {
  const { tokens } = await again();
  after(90);
  const refreshed = await post(`${issuer.issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: tokens.refresh_token,
  });
  const answers = [await call(String(refreshed.body.access_token))];
  for (let times = 0; times < 2; times += 1) {
    answers.push(await call((await again()).tokens.access_token));
  }
  expect(answers.map(({ status, challenge }) => [status, parameter(challenge, 'error')])).toEqual([
    [401, 'insufficient_user_authentication'],
    [401, 'insufficient_user_authentication'],
    [403, undefined],
  ]);
  const good = await again({ max_age: '60' });
  expect((await call(good.tokens.access_token)).status).toBe(202);
});
