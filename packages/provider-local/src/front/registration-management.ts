import { readManaged } from '../clients/stored-registration.js';
import { registrationAnswer } from '../engine/registration-answer.js';
import type { StoredRecord } from '../store/local-store.js';
import { sendJson, sendOAuthError, sendWithoutBody } from './answers.js';
import { type Exchange, type Front, forEngine } from './exchange.js';
import { addressOf, answerTooMany, bodyOf } from './form-endpoints.js';
import { mediaType } from './read-body.js';
import { bearerToken, JSON_TYPE, refuseBearer, registrationPath } from './registration.js';

/** A client's registration, and the token that proved it. */
interface Managed {
  readonly registration: StoredRecord['payload'];
  readonly token: string;
}

type Handler = (front: Front, exchange: Exchange, clientId: string) => Promise<void>;

/** Shows a client its registration (RFC 7592 §2.1). */
export const readRegistration: Handler = async (front, exchange, clientId) => {
  const managed = await managedOf(front, exchange, clientId);
  if (!managed) return;
  const { registration, token } = managed;
  const body = { ...registration, registration_access_token: token };
  sendJson(exchange.response, 200, registrationAnswer(body, front.settings));
};

/** Puts other metadata in the place of a registration (RFC 7592 §2.2), by the same rules as for a new one. */
export const replaceRegistration: Handler = async (front, exchange, clientId) => {
  const { request, response } = exchange;
  const managed = await managedOf(front, exchange, clientId);
  if (!managed) return;
  if (mediaType(request) !== JSON_TYPE) {
    const description = `The body must be ${JSON_TYPE}`;
    return sendOAuthError(response, 400, 'invalid_client_metadata', description);
  }
  const text = await bodyOf(exchange);
  if (text === undefined) return;
  response.setHeader('x-content-type-options', 'nosniff');
  front.engine.handle(
    forEngine(front, exchange, {
      method: 'PUT',
      target: registrationPath(clientId),
      authorization: `Bearer ${managed.token}`,
      body: { type: JSON_TYPE, text },
    }),
    response,
  );
};

/** Removes a client with all its access (RFC 7592 §2.3). Where that fails half way, the token is still good for another try. */
export const deleteRegistration: Handler = async (front, exchange, clientId) => {
  if (!(await managedOf(front, exchange, clientId))) return;
  await front.removeRegistration(clientId, 'client', exchange.requestId);
  sendWithoutBody(exchange.response, 204, { 'cache-control': 'no-store' });
};

/** The registration that a request may manage; `undefined` where the answer is already given. */
async function managedOf(
  front: Front,
  exchange: Exchange,
  clientId: string,
): Promise<Managed | undefined> {
  const { settings, audit } = front;
  const { requestId, response } = exchange;
  const count = await settings.limits.countAddress('registration', addressOf(front, exchange));
  if (count.kind === 'refused') {
    await answerTooMany(front, exchange, 'registration', count.wait);
    return undefined;
  }
  const token = bearerToken(exchange);
  const registration =
    token === undefined ? undefined : await readManaged(settings.store, clientId, token);
  if (token !== undefined && registration) {
    // Only what anybody can send is counted.
    await count.giveBack();
    return { registration, token };
  }
  const detail = `${token === undefined ? 'no registration access token' : 'registration access token not good'} for ${clientId}`;
  await audit.record(requestId, 'registration_refused', { detail });
  const description = 'Managing a client needs its registration access token';
  refuseBearer(response, token !== undefined, description);
  return undefined;
}
