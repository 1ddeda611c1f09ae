import type { Account } from '../accounts/accounts.js';
import { SESSION_SECONDS, sessionCookie } from '../engine/session-cookie.js';
import { type Exchange, type Front, forEngine } from './exchange.js';

/** Who is signed in in this browser, by the session that authorization requests have too. */
export async function signedInHere(front: Front, exchange: Exchange): Promise<Account | undefined> {
  const { session } = await find(front, exchange);
  return session.accountId === undefined
    ? undefined
    : front.settings.accounts.find(session.accountId);
}

/**
 * Signs somebody in in this browser, in a session with an id of its own: one that was there before is gone (AS-83).
 *
 * @param signedInAt - Seconds since the epoch.
 */
export async function signInHere(
  front: Front,
  exchange: Exchange,
  { subject, signedInAt }: { readonly subject: string; readonly signedInAt: number },
): Promise<void> {
  const { provider } = front.engine;
  const { context, session: before } = await find(front, exchange);
  await before.destroy();
  const session = new provider.Session();
  session.loginAccount({ accountId: subject, loginTs: signedInAt });
  await session.save(SESSION_SECONDS);
  const expires = new Date(Date.now() + SESSION_SECONDS * 1000);
  const attributes = { ...sessionCookie(front.settings), expires };
  context.cookies.set(provider.cookieName('session'), session.jti, attributes);
}

/** Signs out whoever is signed in in this browser. */
export async function signOutHere(front: Front, exchange: Exchange): Promise<void> {
  const { context, session } = await find(front, exchange);
  await session.destroy();
  const { provider } = front.engine;
  context.cookies.set(provider.cookieName('session'), null, sessionCookie(front.settings));
}

async function find(front: Front, exchange: Exchange) {
  const { provider } = front.engine;
  const request = forEngine(front, exchange, { method: 'GET', target: '/' });
  const context = provider.createContext(request, exchange.response);
  return { context, session: await provider.Session.get(context) };
}
