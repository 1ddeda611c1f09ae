import { enginePaths } from '../engine/engine-configuration.js';
import { clientAddress } from '../limits/client-address.js';
import {
  limitAddress,
  limitSecret,
  limitToken,
  type TokenAttempt,
} from '../limits/token-limits.js';
import { isOneProof } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import type { StoredRecord } from '../store/local-store.js';
import { sendOAuthError, sendTooMany } from './answers.js';
import { type Exchange, type Front, forEngine } from './exchange.js';
import { nameWorkload } from './name-workload.js';
import { pushedRequest, tokenRequest } from './parameters.js';
import { mediaType, readBody } from './read-body.js';

/** The most that a form or a registration may have, in bytes. */
const FORM_LIMIT = 32 * 1024;
const FORM = 'application/x-www-form-urlencoded';

/** Answers what a client asks by itself, pushed requests included: POST with a form, nothing from the query (AS-90). */
export async function answerForm(front: Front, exchange: Exchange, target: string): Promise<void> {
  const { request, response } = exchange;
  if (mediaType(request) !== FORM) {
    return sendOAuthError(response, 400, 'invalid_request', `The body must be ${FORM}`);
  }
  const text = await bodyOf(exchange);
  if (text === undefined) return;
  const pushed = target === enginePaths.pushed_authorization_request;
  const reading = (pushed ? pushedRequest : tokenRequest)(text, front.settings);
  if (reading.kind === 'invalid') {
    return sendOAuthError(response, 400, 'invalid_request', reading.description);
  }
  const { parameters } = reading;
  if (target === enginePaths.token && (await nameWorkload(front, exchange, parameters))) return;
  if (await isTooMany(front, exchange, target, parameters)) return;
  if (target === enginePaths.token) await addRedirectUri(front, parameters);
  const { authorization } = request.headers;
  const proof = front.settings.dpop ? request.headers.dpop : undefined;
  if (proof !== undefined && !isOneProof(String(proof))) {
    return sendOAuthError(response, 400, 'invalid_dpop_proof', 'DPoP must be one header, a JWT');
  }
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  front.engine.handle(
    forEngine(front, exchange, {
      method: 'POST',
      target,
      body: { type: FORM, text: parameters.toString() },
      ...(authorization === undefined ? {} : { authorization }),
      ...(proof === undefined ? {} : { dpop: String(proof) }),
    }),
    response,
  );
}

async function isTooMany(
  front: Front,
  exchange: Exchange,
  target: string,
  parameters: URLSearchParams,
): Promise<boolean> {
  const { settings } = front;
  const { request, response } = exchange;
  const address = addressOf(front, exchange);
  const { authorization } = request.headers;
  const attempt = { parameters, authorization, address, response };
  const refused = await countFor(settings, target, attempt);
  if (refused) await answerTooMany(front, exchange, target, refused.wait);
  return refused !== undefined;
}

function countFor(
  settings: Settings,
  target: string,
  attempt: TokenAttempt,
): ReturnType<typeof limitToken> {
  switch (target) {
    case enginePaths.token:
      return limitToken(settings, attempt);
    case enginePaths.revocation:
      return limitAddress(settings, 'revocation', attempt);
    case enginePaths.pushed_authorization_request:
      return limitAddress(settings, 'pushedRequests', attempt);
    default:
      return limitSecret(settings, attempt);
  }
}

/** Answers 429 and leaves a trace. */
export async function answerTooMany(
  { audit }: Front,
  { requestId, response }: Exchange,
  detail: string,
  wait: number,
): Promise<void> {
  await audit.record(requestId, 'rate_limited', { detail });
  sendTooMany(response, wait);
}

/** Where an exchange comes from, as far as its sender cannot choose. */
export function addressOf({ settings }: Front, { request }: Exchange): string | undefined {
  return clientAddress(request, settings.trustedProxies);
}

/** The body of a form or a registration; `undefined` where the answer is already given. */
export async function bodyOf({ request, response }: Exchange): Promise<string | undefined> {
  const body = await readBody(request, FORM_LIMIT);
  if (body.kind === 'text') return body.text;
  if (body.kind === 'too_large') {
    response.setHeader('connection', 'close');
    sendOAuthError(response, 413, 'invalid_request', `The body has more than ${FORM_LIMIT} bytes`);
  }
  return undefined;
}

/** OAuth 2.1 drops `redirect_uri` here, which the engine insists on; PKCE does what it was for (AS-99). */
async function addRedirectUri(front: Front, parameters: URLSearchParams): Promise<void> {
  const code = parameters.get('code');
  if (parameters.get('grant_type') !== 'authorization_code' || code === null) return;
  if (parameters.has('redirect_uri')) return;
  const record: StoredRecord | undefined = await front.settings.store.read(
    'AuthorizationCode',
    code,
  );
  const redirectUri = record?.payload.redirectUri;
  if (typeof redirectUri === 'string') parameters.set('redirect_uri', redirectUri);
}
