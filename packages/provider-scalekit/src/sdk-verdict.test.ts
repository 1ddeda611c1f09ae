import { createFakeSigner, type FakeSigner } from '@portcullis/core/testing';
import { ScalekitClient } from '@scalekit-sdk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkVerdict } from './sdk-verdict.js';
import { createFakeScalekit, type FakeScalekit } from './testing/index.js';

/**
 * What the installed SDK, and the jose that it brings, really say. These tests fail when an upgrade
 * words something differently; until then whatever is not known is an outage.
 */
let fake: FakeScalekit;
let other: FakeSigner;
const now = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  fake = await createFakeScalekit();
  other = await createFakeSigner({ algorithm: 'RS256' });
});
afterAll(() => fake.close());

async function messageFor(token: string): Promise<unknown> {
  const sdk = new ScalekitClient(fake.url, '', '', { timeoutMs: 500 });
  return sdk.validateToken(token).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const holds = { kind: 'holds' };
const refused = { kind: 'refused', detail: 'The signature does not hold.' };

describe('the verdict over an exception of validateToken', () => {
  it.each([
    ['"exp" claim timestamp check failed', { exp: now - 60 }],
    ['"nbf" claim timestamp check failed', { nbf: now + 3600 }],
    ['"exp" claim must be a number', { exp: '1' }],
    ['"nbf" claim must be a number', { nbf: '1' }],
    ['"iat" claim must be a number', { iat: '1' }],
  ])('says that the signature holds after %s', async (message, claims) => {
    const error = await messageFor(await fake.mint({ claims }));
    expect(error).toMatchObject({ name: 'ScalekitValidateTokenFailureException', message });
    expect(sdkVerdict(error)).toEqual(holds);
  });

  it.each(['[1]', '{"a":', '"text"'])(
    'says that the signature holds over the payload %s, which is no object',
    async (payload) => {
      const header = JSON.stringify({ alg: 'RS256', kid: fake.signer.keyId });
      const error = await messageFor(await fake.signer.signText(header, payload));
      expect(sdkVerdict(error)).toEqual(holds);
    },
  );

  it.each([
    ['signature verification failed', { signedBy: 'stranger' }],
    ['signature verification failed', { forge: 'tampered' }],
    ['no applicable key found in the JSON Web Key Set', { header: { kid: 'unknown' } }],
    ['Unsupported "alg" value for a JSON Web Key Set', { forge: 'hmac' }],
    ['Unsupported "alg" value for a JSON Web Key Set', { forge: 'unsigned' }],
  ] as const)('refuses after %s: %j', async (message, change) => {
    const error = await messageFor(await fake.mint(change));
    expect(error).toMatchObject({ message });
    expect(sdkVerdict(error)).toEqual(refused);
  });

  it('looks at the signature before the claims: an expired token of a stranger is refused', async () => {
    const error = await messageFor(
      await fake.mint({ claims: { exp: now - 60 }, signedBy: 'stranger' }),
    );
    expect(sdkVerdict(error)).toEqual(refused);
  });

  it('refuses where several keys fit', async () => {
    fake.signer.publish(...other.jwks().keys);
    const error = await messageFor(await fake.mint({ header: { kid: undefined } }));
    expect(error).toMatchObject({
      message: 'multiple matching keys found in the JSON Web Key Set',
    });
    expect(sdkVerdict(error)).toEqual(refused);
  });

  it.each(['down', 'hang', 'status_500', 'html', 'empty_object'] as const)(
    'gives none over what the SDK throws when the keys cannot be had: %s',
    async (fault) => {
      fake.breakWith(fault, 'keys');
      const error = await messageFor(await fake.mint());
      fake.repair();
      expect(error).toBeInstanceOf(Error);
      expect(sdkVerdict(error)).toBeUndefined();
    },
  );

  it.each([
    ['nothing', undefined],
    ['another word', { name: 'ScalekitValidateTokenFailureException', message: 'new wording' }],
    // A critical header is named in the message, so a caller chooses part of it.
    [
      'a message that only begins like one',
      {
        name: 'ScalekitValidateTokenFailureException',
        message: '"exp" claim timestamp check failed" is not recognized',
      },
    ],
    ['another class', { name: 'TypeError', message: 'signature verification failed' }],
  ])('gives none over %s', (_name, error) => {
    expect(sdkVerdict(error)).toBeUndefined();
  });
});
