import {
  DownstreamRefusedError,
  type DownstreamRequest,
  type DownstreamToken,
  type PresentedToken,
  ProviderUnavailableError,
  type VerifyContext,
} from '@portcullis/core';
import { type FetchBounds, postForm, untilAborted } from '@portcullis/core/jwt';
import type { ExchangeOptions } from './auth0-options.js';

/** What an exchange needs beside the request. */
export interface ExchangeContext {
  /** Where the token endpoint is. */
  readonly issuer: string;
  readonly application: ExchangeOptions;
  readonly bounds: FetchBounds;
  /** Told why an exchange was refused, where an administrator can help. */
  readonly report: (message: string) => void;
}

type Json = Readonly<Record<string, unknown>>;

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What an administrator has to change, by the error code of the refusal. */
const remedies: ReadonlyMap<string, string> = new Map([
  [
    'access_denied',
    'check the client id and secret of "exchange", that the audience is the identifier of an API, and that the application has a client grant for it',
  ],
  ['invalid_client', 'check the client id and secret of "exchange"'],
  [
    'unauthorized_client',
    'the application of "exchange" must be of the type resource_server, linked to this API by resource_server_identifier, with on_behalf_of_token_exchange in token_exchange.allow_any_profile_of_type',
  ],
]);

/**
 * On-behalf-of exchange: the caller's token for one that another API accepts. The new token has
 * `act`, and no refresh token.
 * Does NOT check the new token: it is opaque to us, and the other API's to verify.
 *
 * @throws {DownstreamRefusedError} `DOWNSTREAM_REFUSED` when the tenant says no.
 * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when it cannot be asked, or asks us to
 *   come back later.
 * @see RFC 8693 §2
 */
export async function exchangeToken(
  { issuer, application, bounds, report }: ExchangeContext,
  token: PresentedToken,
  want: DownstreamRequest,
  context: VerifyContext,
): Promise<DownstreamToken> {
  const form = {
    grant_type: TOKEN_EXCHANGE,
    client_id: application.clientId,
    client_secret: application.clientSecret,
    subject_token: token.value,
    subject_token_type: ACCESS_TOKEN,
    requested_token_type: ACCESS_TOKEN,
    audience: want.audience,
    ...(want.scopes.length > 0 ? { scope: want.scopes.join(' ') } : {}),
  };
  const asked = postForm(`${issuer}oauth/token`, form, {}, bounds);
  const answer = await untilAborted(asked, context.signal);
  if (answer.kind === 'failed') {
    throw new ProviderUnavailableError(`The token endpoint of the tenant ${answer.reason}.`);
  }
  if (answer.status === 429) {
    throw new ProviderUnavailableError('The tenant limits the rate of token exchanges.');
  }
  const { value } = answer;
  const body: Json = typeof value === 'object' && value !== null ? (value as Json) : {};
  if (answer.status !== 200) {
    const refused = new DownstreamRefusedError(body.error);
    const remedy = remedies.get(refused.error);
    report(`The tenant refused a token exchange (${refused.error})${remedy ? `: ${remedy}` : ''}.`);
    throw refused;
  }
  return readToken(body, context.now);
}

function readToken(body: Json, now: number): DownstreamToken {
  const { access_token: value, expires_in: lifetime, token_type: type } = body;
  const { issued_token_type: issued = ACCESS_TOKEN } = body;
  const scheme = String(type).toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  const known = typeof type === 'string' && type.toLowerCase() === scheme.toLowerCase();
  const usable = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
  const lasts = typeof lifetime === 'number' && Number.isFinite(lifetime) && lifetime > 0;
  if (!usable || !lasts || !known || issued !== ACCESS_TOKEN) {
    throw new ProviderUnavailableError('The token endpoint of the tenant answered with no token.');
  }
  return { value, scheme, expiresAt: now + Math.floor(lifetime) };
}
