import type {
  DownstreamRequest,
  DownstreamToken,
  PresentedToken,
  VerifyContext,
} from '@portcullis/core';
import { exchangeToken, type FetchBounds, type TokenExchange } from '@portcullis/core/jwt';
import type { ExchangeOptions } from './auth0-options.js';

/** What an exchange needs beside the request. */
export interface ExchangeContext {
  /** Where the token endpoint is. */
  readonly issuer: string;
  readonly application: ExchangeOptions;
  readonly bounds: FetchBounds;
  readonly retryAfter: number;
  /** Told why an exchange was refused, where an administrator can help. */
  readonly report: (message: string) => void;
}

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
export function exchangeOnBehalf(
  { issuer, application, bounds, retryAfter, report }: ExchangeContext,
  token: PresentedToken,
  want: DownstreamRequest,
  context: VerifyContext,
): Promise<DownstreamToken> {
  const { clientId: client_id, clientSecret: client_secret } = application;
  const exchange: TokenExchange = {
    endpoint: `${issuer}oauth/token`,
    client: { headers: {}, form: { client_id, client_secret } },
    ...{ bounds, retryAfter },
    refused(error) {
      const remedy = remedies.get(error);
      report(`The tenant refused a token exchange (${error})${remedy ? `: ${remedy}` : ''}.`);
    },
  };
  return exchangeToken(exchange, token, want, context);
}
