import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, post, startIssuer, type TestIssuer } from '../issuer.harness.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  JWT_BEARER,
  present,
  secret,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from './assertions.harness.js';

let idp: FakeAuthority;
let platform: FakeAuthority;
let issuer: TestIssuer;
beforeAll(async () => {
  [idp, platform] = await Promise.all([startAuthority(), startAuthority()]);
  issuer = await startTrusting(idp, platform);
});
afterAll(async () => {
  await issuer.close();
  await Promise.all([idp.close(), platform.close()]);
});

const now = () => Math.floor(Date.now() / 1000);
describe('what other tokens of ours are worth as an assertion (ATK-45)', () => {
  it('nothing', async () => {
    const { body } = await present(issuer, await workloadAssertion(platform, issuer));
    const token = String(body.access_token);
    expect((await present(issuer, token)).body.error).toBe('invalid_grant');
    expect((await present(issuer, token, desktop)).body.error).toBe('invalid_grant');
  });
});

describe('an assertion as an access token (ATK-45)', () => {
  it('is refused, and known to nobody who asks', async () => {
    for (const value of [
      await identityAssertion(idp, issuer, { claims: { aud: issuer.resource } }),
      await workloadAssertion(platform, issuer, { claims: { aud: issuer.resource } }),
    ]) {
      const context = { resource: issuer.resource, now: now(), signal: AbortSignal.timeout(5000) };
      const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
      expect(answer.kind).toBe('rejection');
    }
  });
});

it('asks an issuer for its keys once, however many unknown ones a flood names (EXT-67)', async () => {
  const before = platform.server.count('keys');
  const flood = Array.from({ length: 20 }, async (_, turn) => {
    const header = { kid: `unknown-${turn}` };
    return (await present(issuer, await workloadAssertion(platform, issuer, { header }))).body;
  });
  const refusals = (await Promise.all(flood)).map(({ error }) => error);
  expect(refusals).toEqual(Array.from({ length: 20 }, () => 'invalid_grant'));
  expect(platform.server.count('keys') - before).toBeLessThanOrEqual(1);
});

it('leaves no trace of an assertion in answers or in the audit log (EXT-34, ATK-90)', async () => {
  const assertions = await Promise.all([
    identityAssertion(idp, issuer),
    identityAssertion(idp, issuer, { claims: { aud: 'https://x.example' } }),
    workloadAssertion(platform, issuer),
    workloadAssertion(platform, issuer, { signedBy: 'stranger' }),
  ]);
  for (const assertion of assertions) {
    const { body } = await present(issuer, assertion, desktop);
    const anonymous = await present(issuer, assertion);
    const said = JSON.stringify([body, anonymous.body, issuer.sink.events]);
    for (const part of assertion.split('.')) expect(said).not.toContain(part);
    expect(said).not.toContain(String(claimsOf(assertion).jti));
  }
});

it('leaves a stored client its other grants where assertions are no longer taken (AS-92)', async () => {
  const plain = await startIssuer();
  await plain.provider.clients.put({
    clientId: 'desktop',
    name: 'Desktop',
    grantTypes: ['client_credentials', JWT_BEARER],
    scopes: ['mcp:tools:weather'],
    authentication: { method: 'client_secret_post', secret },
  });
  const own = { ...desktop, grant_type: 'client_credentials' };
  expect((await post(`${plain.issuer}/token`, own)).status).toBe(200);
  const { status, body } = await present(plain, await identityAssertion(idp, plain), desktop);
  expect({ status, body }).toEqual({
    status: 400,
    body: {
      error: 'unsupported_grant_type',
      error_description: 'unsupported grant_type requested',
    },
  });
  await plain.close();
});
