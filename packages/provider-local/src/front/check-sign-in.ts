import type { SignIn } from '../accounts/accounts.js';
import { clientAddress } from '../limits/client-address.js';
import type { Exchange, Front } from './exchange.js';
import { isClientId } from './sign-in-result.js';

/**
 * Checks the name and the password of a form, at most as often as the limits allow. A subject that is spelt like a client's id is
 * nobody (AS-50). A failure leaves its trace before this resolves, also when whoever guessed hung up.
 *
 * @param clientId - The client that the sign-in is for, if any.
 */
export async function checkSignIn(
  front: Front,
  { request, requestId }: Exchange,
  form: URLSearchParams,
  clientId?: string,
): Promise<SignIn> {
  const { settings, audit } = front;
  const failed = (detail: string) =>
    audit.record(requestId, 'sign_in_failed', { ...(clientId ? { clientId } : {}), detail });
  const address = clientAddress(request, settings.trustedProxies);
  const count = await settings.limits.countAddress('signIn', address);
  const signIn: SignIn =
    count.kind === 'refused'
      ? { kind: 'throttled', retryAfter: count.wait }
      : await settings.accounts.signIn(form.get('username') ?? '', form.get('password') ?? '');
  if (signIn.kind !== 'signed_in') {
    await failed(signIn.kind);
    return signIn;
  }
  const { subject } = signIn.account;
  if (await isClientId(front, subject)) {
    await failed('subject is a client id');
    return { kind: 'refused' };
  }
  return signIn;
}
