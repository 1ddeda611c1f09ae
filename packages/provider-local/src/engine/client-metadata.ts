import { parseScopeList } from '@portcullis/core';
import { errors } from 'oidc-provider';
import { clientKind } from '../clients/client-kind.js';
import { isLoopbackRedirect, privateScheme, redirectProblem } from '../clients/redirect-uri.js';
import { isPublished } from '../documents/document-url.js';
import { JWT_BEARER } from '../grants/grant-types.js';
import type { SigningAlgorithm } from '../keys/signing-keys.js';
import type { Settings } from '../settings.js';

/** Our own property: the engine calls the check only if there is one, and keeps the registered scope under it. */
export const REGISTERED_SCOPE = 'registered_scope';

type Metadata = Record<string, unknown>;

/** What a client that introduced itself may say. The rest is dropped (RFC 7591 §2), above all what makes the engine fetch. */
const accepted: ReadonlySet<string> = new Set([
  'application_type',
  'client_id',
  'client_id_issued_at',
  'client_name',
  'client_secret',
  'client_secret_expires_at',
  'client_uri',
  'contacts',
  'dpop_bound_access_tokens',
  'grant_types',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'redirect_uris',
  'require_pushed_authorization_requests',
  'response_modes',
  'response_types',
  'token_endpoint_auth_method',
  'tos_uri',
  'id_token_signed_response_alg',
  'subject_type',
  'require_auth_time',
  'scope',
  REGISTERED_SCOPE,
]);

/** The longest name that is kept, in characters. Pages cut it further. */
const LONGEST_NAME = 256;

/**
 * Checks what a client says about itself before the engine does, and takes away what must not count.
 *
 * A registered `scope` is no ceiling and no engine scope: it is kept aside, so that the answer can repeat it.
 */
export function checkClientMetadata(
  metadata: Metadata,
  settings: Settings,
  algorithm: SigningAlgorithm,
): void {
  const clientId = typeof metadata.client_id === 'string' ? metadata.client_id : '';
  const kind = clientKind(clientId, settings.clients);
  if (kind === 'registered') return;

  for (const name of Object.keys(metadata)) if (!accepted.has(name)) delete metadata[name];
  const refuse = (problem: string): never => {
    throw new errors.InvalidClientMetadata(problem);
  };

  const scope = metadata.scope ?? metadata[REGISTERED_SCOPE];
  delete metadata.scope;
  if (scope !== undefined) {
    if (typeof scope !== 'string' || scope.length > 8192 || parseScopeList(scope) === undefined) {
      refuse('scope must be scope tokens separated by single spaces');
    }
    metadata[REGISTERED_SCOPE] = scope;
  }

  const redirects = metadata.redirect_uris;
  if (!Array.isArray(redirects) || redirects.length === 0 || redirects.length > 20) {
    throw new errors.InvalidClientMetadata('redirect_uris must be a list of 1 to 20 URIs');
  }
  for (const uri of redirects) {
    const problem = redirectProblem(uri, settings.schemes);
    if (problem) refuse(`redirect_uris has one which ${problem}`);
  }
  // VS Code and Cursor mix loopback or private-use redirects with https ones and name no type.
  metadata.application_type = applicationType(metadata.application_type, redirects);

  const name = metadata.client_name;
  if (kind === 'document' && (typeof name !== 'string' || name.trim() === '')) {
    refuse('client_name is missing');
  }
  if (typeof name === 'string' && name.length > LONGEST_NAME) {
    refuse(`client_name is longer than ${LONGEST_NAME} characters`);
  }
  for (const member of ['jwks_uri', 'client_uri', 'logo_uri', 'policy_uri', 'tos_uri']) {
    const uri = metadata[member];
    if (uri !== undefined && !(typeof uri === 'string' && /^https:\/\//.test(uri))) {
      // Local clients announce http: pages of themselves; nobody fetches these.
      if (member === 'jwks_uri') refuse('jwks_uri must use https');
      delete metadata[member];
    }
  }
  const { jwks_uri: keys } = metadata;
  if (typeof keys === 'string' && !(URL.canParse(keys) && isPublished(new URL(keys), settings))) {
    refuse('jwks_uri must be on a host with a public name');
  }
  const { keys: inline } = (metadata.jwks ?? {}) as { readonly keys?: unknown };
  if (Array.isArray(inline) && inline.length === 0) refuse('jwks holds no key');

  const method = String(metadata.token_endpoint_auth_method);
  if (kind === 'self_registered' && ['none', 'private_key_jwt'].includes(method)) {
    // Of before it was changed: nothing would end it.
    delete metadata.client_secret;
    delete metadata.client_secret_expires_at;
  }

  // EXT-01: acting for itself is what only the operator can allow.
  if (Array.isArray(metadata.grant_types)) {
    const byAssertion = settings.assertions.forPeople && method !== 'none' ? [JWT_BEARER] : [];
    const open = ['authorization_code', 'refresh_token', ...byAssertion];
    const grants = metadata.grant_types.filter((grant) => open.includes(grant as string));
    if (!grants.includes('authorization_code')) {
      refuse('grant_types must contain authorization_code');
    }
    metadata.grant_types = grants;
  }
  metadata.response_types = ['code'];
  metadata.response_modes = ['query'];
  metadata.subject_type = 'public';
  metadata.require_auth_time = false;
  metadata.id_token_signed_response_alg = algorithm;
}

function applicationType(claimed: unknown, redirects: readonly unknown[]): unknown {
  if (claimed !== undefined && claimed !== 'web') return claimed;
  const local = redirects.some(
    (uri) =>
      typeof uri === 'string' && (isLoopbackRedirect(uri) || privateScheme(uri) !== undefined),
  );
  return local ? 'native' : 'web';
}
