import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { discoverIssuer, type FetchBounds } from '@portcullis/core/jwt';

type Metadata = Readonly<Record<string, unknown>>;

/**
 * What a tenant may have switched off that MCP clients look for, each with how its metadata shows
 * it.
 */
const switches: readonly {
  readonly isOff: (metadata: Metadata) => boolean;
  readonly hint: string;
}[] = [
  {
    isOff: ({
      registration_endpoint: endpoint,
      client_id_metadata_document_supported: documents,
    }) => typeof endpoint !== 'string' && documents !== true,
    hint: 'The tenant lets no client register itself (flags.enable_dynamic_client_registration): only clients that you add can sign in.',
  },
  {
    isOff: ({ authorization_response_iss_parameter_supported: supported }) => supported !== true,
    hint: 'The tenant sends no "iss" to clients (authorization_response_iss_parameter_supported): switch it on, so that they notice when answers of two issuers are mixed up (RFC 9207).',
  },
  {
    isOff: ({ code_challenge_methods_supported: methods }) =>
      !(Array.isArray(methods) && methods.includes('S256')),
    hint: 'The metadata of the tenant does not name S256 as a code challenge method: MCP clients refuse to go on.',
  },
];

/**
 * Reads the tenant's metadata, checks that it bears the issuer's name, and says what is switched
 * off.
 *
 * Does NOT see the Resource Parameter Compatibility Profile, client grants or connections: no
 * metadata names them.
 *
 * @throws {ConfigurationError} when the tenant calls itself otherwise (RFC 8414 §3.3).
 * @throws {ProviderUnavailableError} when it cannot be asked.
 */
export async function checkMetadata(
  issuer: string,
  bounds: FetchBounds,
  report: (message: string) => void,
): Promise<void> {
  const found = await discoverIssuer(issuer, bounds);
  if (found.kind === 'found') {
    for (const { isOff, hint } of switches) if (isOff(found.metadata)) report(hint);
    return;
  }
  if (!found.otherIssuer) throw new ProviderUnavailableError(found.reason);
  throw new ConfigurationError([
    {
      option: 'issuer',
      problem: `is "${issuer}", and the tenant that answers there calls itself otherwise.`,
      remedy: `Compare it with "issuer" in ${issuer}.well-known/openid-configuration.`,
    },
  ]);
}
