import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import type { DiscoveredIssuer } from '@portcullis/core/jwt';
import { issuerEndpoint } from './issuer-endpoint.js';
import type { OidcProviderOptions } from './oidc-options.js';

/** Whether anything that the options leave open stands in the metadata. */
export function needsMetadata(options: OidcProviderOptions): boolean {
  const { jwksUri, metadataUrl, introspection, exchange } = options;
  const asksForEndpoint = [introspection, exchange].some(
    (asked) => asked !== undefined && asked.endpoint === undefined,
  );
  return jwksUri === undefined || metadataUrl !== undefined || asksForEndpoint;
}

/**
 * Holds the metadata against the options at start-up, when somebody can still correct them.
 *
 * @returns Whether the issuer has keys to load: one whose tokens are all opaque may publish none.
 * @throws {ConfigurationError} where the issuer calls itself otherwise, or lacks an endpoint that is
 *   needed for what is set up.
 * @throws {ProviderUnavailableError} where there is no metadata to look at.
 */
export function checkMetadata(
  discovered: DiscoveredIssuer,
  issuers: readonly string[],
  options: OidcProviderOptions,
): boolean {
  const { introspection, exchange, jwksUri, retryAfter = 5 } = options;
  if (discovered.kind === 'failed') {
    if (!discovered.otherIssuer) {
      throw new ProviderUnavailableError(discovered.reason, { retryAfter });
    }
    const problem = 'is not what the metadata calls the issuer.';
    const remedy = 'Copy "issuer" from the metadata, character by character.';
    throw new ConfigurationError([{ option: 'issuer', problem, remedy }]);
  }
  const { metadata } = discovered;
  const problem = 'is missing, and the metadata has none that uses HTTPS.';
  const remedy = 'Pass the URL from the issuer’s manual.';
  const missing = [
    { option: 'introspection.endpoint', asked: introspection, name: 'introspection_endpoint' },
    { option: 'exchange.endpoint', asked: exchange, name: 'token_endpoint' },
  ] as const;
  const problems = missing
    .filter(({ asked }) => asked !== undefined && asked.endpoint === undefined)
    .filter(({ name }) => issuerEndpoint(metadata, name, issuers) === undefined)
    .map(({ option }) => ({ option, problem, remedy }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return !introspection || (jwksUri ?? metadata.jwks_uri) !== undefined;
}
