import type { ServerResponse } from 'node:http';
import {
  giveBackInitialAccessToken,
  useInitialAccessToken,
} from '../clients/initial-access-tokens.js';
import { enginePaths } from '../engine/engine-configuration.js';
import { whenClosed } from '../limits/when-closed.js';
import { sendOAuthError } from './answers.js';
import { type Exchange, type Front, forEngine } from './exchange.js';
import { addressOf, answerTooMany, bodyOf } from './form-endpoints.js';
import { mediaType } from './read-body.js';

/** What a registration is written in. */
export const JSON_TYPE = 'application/json';

/** Where a client manages its registration (RFC 7592), below the path of the issuer. */
export const registrationPath = (clientId: string): string =>
  `${enginePaths.registration}/${clientId}`;

/** The token that a request brings in its header; from a URL or a body none is taken. */
export function bearerToken({ request }: Pick<Exchange, 'request'>): string | undefined {
  return /^bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** Answers a request without the token that it needs. Without a credential, no error is named (RFC 6750 §3.1). */
export function refuseBearer(
  response: ServerResponse,
  presented: boolean,
  description: string,
): void {
  const error = presented ? ', error="invalid_token"' : '';
  response.setHeader('www-authenticate', `Bearer realm="registration"${error}`);
  sendOAuthError(response, 401, 'invalid_token', description);
}

/** Answers the registration endpoint (RFC 7591 §3). */
export async function answerRegistration(front: Front, exchange: Exchange): Promise<void> {
  const { settings } = front;
  const { request, response } = exchange;
  if (mediaType(request) !== JSON_TYPE) {
    const description = `The body must be ${JSON_TYPE}`;
    return sendOAuthError(response, 400, 'invalid_client_metadata', description);
  }
  // Before it is counted: whoever brings a wrong one uses up nothing of those who bring a right one.
  if (settings.initialAccessToken && !(await mayRegister(front, exchange))) return;
  const count = await settings.limits.countAddress('registration', addressOf(front, exchange));
  if (count.kind === 'refused') {
    return answerTooMany(front, exchange, 'registration', count.wait);
  }
  const text = await bodyOf(exchange);
  if (text === undefined) return;
  response.setHeader('x-content-type-options', 'nosniff');
  front.engine.handle(
    forEngine(front, exchange, {
      method: 'POST',
      target: enginePaths.registration,
      body: { type: JSON_TYPE, text },
    }),
    response,
  );
}

/** Uses up what the request brings, and gives it back where no client comes of it. */
async function mayRegister(
  { settings: { store }, audit }: Front,
  { request, response, requestId }: Exchange,
): Promise<boolean> {
  const token = bearerToken({ request });
  if (token === undefined || !(await useInitialAccessToken(store, token))) {
    const detail =
      token === undefined ? 'no initial access token' : 'initial access token not good';
    await audit.record(requestId, 'registration_refused', { detail });
    const description = 'Registering needs an initial access token that is good';
    refuseBearer(response, token !== undefined, description);
    return false;
  }
  whenClosed(response, (status) => {
    // Where that fails, the operator hands out another one.
    if (status !== 201) giveBackInitialAccessToken(store, token).catch(() => {});
  });
  return true;
}
