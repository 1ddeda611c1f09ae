import { clientKind } from '../clients/client-kind.js';
import type { Settings } from '../settings.js';

/** The methods that a client can use, of which the server takes one (OpenID Connect RP Metadata Choices 1.0). */
export const OFFERED_METHODS = 'token_endpoint_auth_methods_supported';

const ours: ReadonlySet<unknown> = new Set(['none', 'private_key_jwt']);

/**
 * Settles how the client of a document authenticates: as it says, or else by the first method that it offers and a document can have,
 * or else not at all. The default of RFC 7591 is a secret, which nobody could have given it.
 */
export function settleMethod(
  metadata: Record<string, unknown>,
  { clients }: Pick<Settings, 'clients'>,
): void {
  const { [OFFERED_METHODS]: offered, token_endpoint_auth_method: preferred } = metadata;
  delete metadata[OFFERED_METHODS];
  if (clientKind(String(metadata.client_id), clients) !== 'document' || ours.has(preferred)) return;
  const candidates = Array.isArray(offered) ? offered : [];
  const found = candidates.find((method) => ours.has(method));
  // A document that names a secret itself was refused before: here it is the engine's default.
  const unsaid = preferred === 'client_secret_basic' && candidates.length === 0;
  if (found !== undefined || unsaid) metadata.token_endpoint_auth_method = found ?? 'none';
}
