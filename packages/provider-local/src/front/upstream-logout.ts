import { clientAddress } from '../limits/client-address.js';
import { endSignIns } from '../revocation/revoke-access.js';
import type { UpstreamPeople } from '../upstream/upstream-people.js';
import { sendJson, sendOAuthError, sendTooMany } from './answers.js';
import type { Exchange, Front } from './exchange.js';
import { mediaType, readBody } from './read-body.js';

/** Where the upstream provider says that somebody signed out there, below the path of the issuer. */
export const UPSTREAM_LOGOUT = '/upstream/logout';

const FORM_LIMIT = 32 * 1024;
const SEEN = 'UpstreamLogout';

/**
 * Takes a logout token. Somebody who signed out there is signed out here; what clients were given ends with it, unless a refresh token
 * of the upstream provider lets us ask while the person is away: it has its own way to end that.
 *
 * @see OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8
 */
export async function answerUpstreamLogout(
  front: Front,
  exchange: Exchange,
  people: UpstreamPeople,
): Promise<void> {
  const { settings, audit } = front;
  const { store } = settings;
  const { request, response, requestId } = exchange;
  const address = clientAddress(request, settings.trustedProxies);
  const count = await settings.limits.countAddress('revocation', address);
  if (count.kind === 'refused') return sendTooMany(response, count.wait);
  const token = await readToken(exchange);
  if (token === undefined) {
    return sendOAuthError(response, 400, 'invalid_request', 'The form must have one logout_token');
  }
  const logout = await people.upstream.readLogout(token);
  if (logout.kind === 'invalid') {
    await audit.record(requestId, 'token_refused', { detail: `logout token: ${logout.detail}` });
    return sendOAuthError(response, 400, 'invalid_request', 'The logout token does not hold');
  }
  // They all come from one address, and none may be lost.
  await count.giveBack();
  const { tokenId, expiresAt } = logout;
  const signedOut = (await store.read(SEEN, tokenId)) ? [] : await people.signedOut(logout);
  for (const { subject, askable } of signedOut) {
    if (askable) {
      await endSignIns(store, subject);
      const detail = 'sign-ins, by the upstream provider';
      await audit.record(requestId, 'token_revoked', { subject, detail });
    } else {
      await front.revoke({ subject }, 'upstream provider');
    }
  }
  // Only now: a try that failed half-way must work when it is repeated.
  await store.insertIfAbsent(SEEN, tokenId, expiresAt);
  sendJson(response, 200, {});
}

async function readToken({ request }: Exchange): Promise<string | undefined> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return undefined;
  const body = await readBody(request, FORM_LIMIT);
  if (body.kind !== 'text') return undefined;
  const [token, ...more] = new URLSearchParams(body.text).getAll('logout_token');
  return more.length > 0 || token === '' ? undefined : token;
}
