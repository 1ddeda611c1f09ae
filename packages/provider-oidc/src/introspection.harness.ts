import { AuthError, type Principal, type Rejection } from '@portcullis/core';
import { expect, onTestFinished } from 'vitest';
import type { IntrospectionOptions, OidcProviderOptions } from './oidc-options.js';
import { type OidcProvider, oidcProvider } from './oidc-provider.js';
import { createFakeOidc, type FakeOidc, type FakeOidcOptions } from './testing/index.js';

/** What a test of introspection works with. */
export interface IntrospectionSetUp {
  readonly fake: FakeOidc;
  readonly provider: OidcProvider;
  readonly reports: readonly string[];
  verify(value: string, at?: number): Promise<Principal | Rejection>;
}

/** A fake with opaque tokens and a provider that asks it about them, for one test. */
export async function setUp(
  change: Partial<IntrospectionOptions> = {},
  more: Partial<OidcProviderOptions> = {},
  fakeOptions: FakeOidcOptions = {},
): Promise<IntrospectionSetUp> {
  const fake = await createFakeOidc({ opaque: true, ...fakeOptions });
  onTestFinished(() => fake.close());
  const reports: string[] = [];
  const { clientId, clientSecret } = fake.introspector;
  const provider = oidcProvider({
    issuer: fake.issuer,
    introspection: { clientId, clientSecret, ...change },
    report: (message) => reports.push(message),
    timeoutMs: 500,
    retryAfter: 0,
    ...more,
  });
  const verify = (value: string, at = now()) => {
    const context = { resource: fake.resource, now: at, signal: AbortSignal.timeout(10_000) };
    return provider.verify({ scheme: 'Bearer', value }, context);
  };
  return { fake, provider, reports, verify };
}

export const now = (): number => Math.floor(Date.now() / 1000);

export const code = (answer: Principal | Rejection): string =>
  answer.kind === 'rejection' ? answer.code : 'accepted';

/** The message of the outage that has to come in place of an answer. */
export async function outageOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    (value) => expect.fail(`An answer: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(AuthError.isInstance(error) && error.code).toBe('PROVIDER_UNAVAILABLE');
  return (error as Error).message;
}
