import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { discoverIssuer, type FetchBounds } from '@portcullis/core/jwt';
import type { OptionNames, ScalekitSettings } from './scalekit-options.js';

/**
 * Reads Scalekit's metadata of our MCP server, which must name it by one of the names that we know. Looks at no other member.
 *
 * @throws {ConfigurationError} when it has another name.
 * @throws {ProviderUnavailableError} when there is none to be had.
 * @see RFC 8414 §3.3
 */
export async function checkMetadata(
  { authorizationServer, issuers }: ScalekitSettings,
  names: OptionNames,
  bounds: FetchBounds,
): Promise<void> {
  const { origin, pathname } = new URL(authorizationServer);
  const wellKnown = '/.well-known/oauth-authorization-server';
  // Some deployments answer at the second place only.
  const urls = [`${origin}${wellKnown}${pathname}`, `${authorizationServer}${wellKnown}`];
  // Its own name first: the others are for tokens and metadata from before and after a move.
  for (const issuer of new Set([authorizationServer, ...issuers])) {
    const discovered = await discoverIssuer(issuer, bounds, { urls });
    if (discovered.kind === 'found') return;
    if (discovered.otherIssuer) continue;
    throw new ProviderUnavailableError(`${discovered.reason} Asked for ${authorizationServer}.`);
  }
  throw new ConfigurationError([
    {
      option: names.resourceId,
      problem: `is for ${authorizationServer}, whose metadata names another issuer.`,
      remedy: `Compare it with Dashboard → MCP Servers; pass "${names.customDomain}" if there is one.`,
    },
  ]);
}
