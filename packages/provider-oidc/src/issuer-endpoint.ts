import { isEndpointUrl, isLoopback } from '@portcullis/core';

/**
 * An endpoint that the metadata names (RFC 8414 §2). An issuer elsewhere has no business on our own
 * machine.
 *
 * @returns `undefined` where there is none, or none that uses HTTPS.
 */
export function issuerEndpoint(
  metadata: Readonly<Record<string, unknown>>,
  name: 'introspection_endpoint' | 'token_endpoint',
  issuers: readonly string[],
): string | undefined {
  const { [name]: url } = metadata;
  const [issuer = ''] = issuers;
  const loopback = URL.canParse(issuer) && isLoopback(new URL(issuer));
  return isEndpointUrl(url, { loopback }) ? url : undefined;
}
