import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, type TestIssuer } from '../issuer.harness.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  present,
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
