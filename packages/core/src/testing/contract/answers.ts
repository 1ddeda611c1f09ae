import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AuthError } from '../../errors.js';
import type { VerifyContext } from '../../provider/auth-provider.js';
import type { Principal } from '../../token/principal.js';
import type { Rejection } from '../../token/rejection.js';
import { type BadTokenContext, badTokens } from '../bad-tokens.js';
import type { ProviderHarness } from './harness.js';

const nowOf = (harness: ProviderHarness): number =>
  harness.now?.() ?? Math.floor(Date.now() / 1000);

/** What a gate would hand to `verify`. */
export function contextOf(harness: ProviderHarness): VerifyContext {
  const signal = AbortSignal.timeout(10_000);
  return { resource: harness.resource, now: nowOf(harness), signal };
}

/** Where and when bad tokens of this harness are made. */
export function badTokenContext(harness: ProviderHarness): BadTokenContext {
  const [issuer = ''] = harness.provider.authorizationServers;
  return { now: nowOf(harness), issuer };
}

/** A token whose `kid` the issuer never published. */
export const mintOfUnknownKey = (harness: ProviderHarness): Promise<string> =>
  harness.mintWith(badTokens.unknown_key.change(badTokenContext(harness)));

/** Asks the provider. */
export function verify(
  harness: ProviderHarness,
  value: string,
  change: Partial<VerifyContext> = {},
): Promise<Principal | Rejection> {
  const context = { ...contextOf(harness), ...change };
  return harness.provider.verify({ scheme: 'Bearer', value }, context);
}

/** Fails unless the token was accepted. */
export function asPrincipal(answer: Principal | Rejection): Principal {
  if (answer.kind === 'rejection') assert.fail(`Refused: ${answer.code}. ${answer.detail}`);
  return answer;
}

/** The code of an answer; `accepted` for a principal. */
export const codeOf = (answer: Principal | Rejection): string =>
  answer.kind === 'rejection' ? answer.code : 'accepted';

/** Whether an error says that the issuer could not be asked. */
export const isOutage = (error: unknown): boolean =>
  AuthError.isInstance(error) && error.code === 'PROVIDER_UNAVAILABLE';

/** A provider may wait a moment before it asks an issuer that was down again; harnesses set it short. */
export async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 3000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Fails where a value holds the token, or the part of it that nobody could guess. */
export function assertHidden(token: string, value: unknown): void {
  const text = inspect(value, { depth: 10, showHidden: true, maxStringLength: null });
  const { length } = token;
  // The last part alone would be enough to rebuild a token whose claims are known.
  for (const piece of [token, token.slice(length - 20)]) {
    assert.ok(!text.includes(piece), 'The answer holds the token or its signature.');
  }
}
