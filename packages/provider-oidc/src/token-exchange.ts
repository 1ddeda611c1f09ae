import { type AuthProvider, ProviderUnavailableError } from '@portcullis/core';
import { exchangeToken, type FetchBounds } from '@portcullis/core/jwt';
import { clientAuthentication } from './client-authentication.js';
import type { IssuerDocument } from './issuer-document.js';
import { issuerEndpoint } from './issuer-endpoint.js';
import type { ExchangeOptions } from './oidc-options.js';

/** What {@link createExchange} needs beside the options. */
export interface ExchangeTools {
  /** The first one is the one that is asked. */
  readonly issuers: readonly string[];
  readonly document: IssuerDocument;
  readonly bounds: FetchBounds;
  readonly retryAfter: number;
  /** Told why an exchange was refused. Holds nothing that the server sent. */
  report(message: string): void;
}

/**
 * Exchanges tokens at the issuer's token endpoint (RFC 8693), as one client. The caller's token goes there and nowhere
 * else. Does NOT send a proof of a key: what a bound token is exchanged for is the issuer's to say.
 */
export function createExchange(
  options: ExchangeOptions,
  { issuers, document, bounds, retryAfter, report }: ExchangeTools,
): NonNullable<AuthProvider['exchange']> {
  const client = clientAuthentication(options);

  async function endpointFor(signal: AbortSignal): Promise<string> {
    if (options.endpoint !== undefined) return options.endpoint;
    const discovered = await document.read(signal);
    const outage = (reason: string) => new ProviderUnavailableError(reason, { retryAfter });
    if (discovered.kind === 'failed') throw outage(discovered.reason);
    const endpoint = issuerEndpoint(discovered.metadata, 'token_endpoint', issuers);
    if (endpoint) return endpoint;
    throw outage('The metadata has no "token_endpoint" that uses HTTPS.');
  }

  return async (token, want, context) => {
    const endpoint = await endpointFor(context.signal);
    const refused = (error: string) => report(`The issuer refused a token exchange (${error}).`);
    const exchange = { endpoint, client, bounds, retryAfter, refused };
    return exchangeToken(exchange, token, want, context);
  };
}
