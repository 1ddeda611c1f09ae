import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { discoverIssuer, type FetchBounds } from '@portcullis/core/jwt';
import type { OptionNames, ScalekitSettings } from './scalekit-options.js';

/**
 * Reads Scalekit's metadata of our MCP server, which must name it by one of the names that we know.
 * Looks at no other member.
 *
 * @returns What clients will stumble over, a sentence for the operator; `undefined` when they
 *   find what they look for.
 * @throws {ConfigurationError} when it has a name that is not ours.
 * @throws {ProviderUnavailableError} when there is none to be had.
 * @see RFC 8414 §3.1, §3.3
 */
export async function checkMetadata(
  { authorizationServer, issuers }: ScalekitSettings,
  names: OptionNames,
  bounds: FetchBounds,
): Promise<string | undefined> {
  const { origin, pathname } = new URL(authorizationServer);
  const wellKnown = '/.well-known/oauth-authorization-server';
  const inserted = `${origin}${wellKnown}${pathname}`;
  const asClients = await discoverIssuer(authorizationServer, bounds, { urls: [inserted] });
  if (asClients.kind === 'found') return undefined;

  // Some deployments answer at the second place only.
  const urls = [inserted, `${authorizationServer}${wellKnown}`];
  for (const issuer of new Set([authorizationServer, ...issuers])) {
    const discovered = await discoverIssuer(issuer, bounds, { urls });
    if (discovered.kind === 'found') {
      return issuer === authorizationServer
        ? `The metadata of "${issuer}" is not where RFC 8414 §3.1 puts it, only after the path: clients that look there alone will not find it. Ask Scalekit.`
        : `Clients are sent to "${authorizationServer}", and its metadata calls itself "${issuer}": those that compare the two will refuse (RFC 8414 §3.3). Compare "${names.environmentUrl}" and "${names.customDomain}" with the metadata in Dashboard → MCP Servers, or pass that as "${names.metadata}".`;
    }
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
