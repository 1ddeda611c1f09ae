import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeIssuer, type FakeIssuer } from '../testing/fake-issuer.js';
import type { TokenChange } from '../testing/token-change.js';
import { createJwtVerifier, type JwtVerifier } from './jwt-verifier.js';
import { createRemoteKeys } from './remote-keys.js';

const NOW = 1_800_000_000;
const context = {
  resource: 'https://as.example.com',
  now: NOW,
  signal: new AbortController().signal,
};

let issuer: FakeIssuer;
let verifier: JwtVerifier;
beforeAll(async () => {
  issuer = await createFakeIssuer({ clock: () => NOW * 1000 });
  const keys = createRemoteKeys({ jwksUri: issuer.jwksUri });
  verifier = createJwtVerifier({ issuer: issuer.issuer, keys, typ: 'oauth-id-jag+jwt' });
});
afterAll(() => issuer.close());

async function answerTo({ header, claims }: TokenChange = {}): Promise<string> {
  const token = await issuer.mint({
    header: { typ: 'oauth-id-jag+jwt', ...header },
    claims: { aud: 'https://as.example.com', ...claims },
  });
  const answer = await verifier.verify(token, context);
  return answer.kind === 'verified' ? 'accepted' : `${answer.code}: ${answer.detail}`;
}

describe('a verifier of identity assertions', () => {
  it.each(['oauth-id-jag+jwt', 'OAuth-ID-JAG+JWT', 'application/oauth-id-jag+jwt'])(
    'accepts typ "%s" (EXT-23)',
    async (typ) => {
      expect(await answerTo({ header: { typ } })).toBe('accepted');
    },
  );

  it.each<[string, unknown, string]>([
    ['an access token', 'at+jwt', 'The "typ" header is not one of an identity assertion.'],
    ['a logout token', 'logout+jwt', 'The "typ" header is not one of an identity assertion.'],
    ['an ID token', 'JWT', 'The "typ" header is not oauth-id-jag+jwt.'],
    ['an untyped token', undefined, 'The "typ" header is not oauth-id-jag+jwt.'],
  ])('refuses %s by its typ (EXT-23, ATK-45)', async (_, typ, detail) => {
    expect(await answerTo({ header: { typ } })).toBe(`claims_invalid: ${detail}`);
  });

  it.each(['sub', 'client_id', 'iat', 'jti'])('demands the claim %s (EXT-28)', async (claim) => {
    expect(await answerTo({ claims: { [claim]: undefined } })).toBe(
      `claims_invalid: The claim ${claim} is missing.`,
    );
  });
});
