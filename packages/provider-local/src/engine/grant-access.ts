import type { AdapterPayload } from 'oidc-provider';
import type { LiveAccess } from '../revocation/live-access.js';

/** What a grant of the engine gives, and to whom; nothing for one that is nobody's yet. */
export function grantAccess(payload: AdapterPayload): LiveAccess | undefined {
  const { accountId: subject, clientId, iat: since = 0 } = payload;
  if (!subject || !clientId) return undefined;
  // One text for each resource; the library's types leave the member out.
  const { resources = {} } = payload as { readonly resources?: Readonly<Record<string, string>> };
  const scopes = Object.entries(resources).map(([resource, text]) => [
    resource,
    text.split(' ').filter(Boolean),
  ]);
  return { subject, clientId, since, scopes: Object.fromEntries(scopes) };
}
