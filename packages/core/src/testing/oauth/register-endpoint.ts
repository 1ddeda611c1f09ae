import { readParameters } from '../request-parameters.js';
import type { EndpointContext } from './authorization-options.js';
import type { FakeClient } from './fake-clients.js';
import { noStore, type OAuthFault, oauthFault } from './oauth-fault.js';

/** What a client says about itself (RFC 7591 §2). The redirect URIs were looked at; nothing else was. */
export type ClientMetadata = Readonly<Record<string, unknown>> & {
  readonly redirect_uris: readonly string[];
};

/** What a vendor makes of it. */
export interface RegisteredClient {
  readonly client: FakeClient;
  /** The body of the 201. */
  readonly response: Readonly<Record<string, unknown>>;
}

/** Registers a client whose redirect URIs are URLs (RFC 7591 §3). */
export async function registerEndpoint(
  { options, clients }: EndpointContext,
  request: Request,
): Promise<Response | OAuthFault> {
  if (!options.register) {
    return oauthFault('invalid_request', 'Nobody registers here.', 'registration_off');
  }
  const metadata = await readParameters(request);
  if (!metadata || !request.headers.get('content-type')?.startsWith('application/json')) {
    const sentence = 'The metadata is not a JSON object.';
    return oauthFault('invalid_client_metadata', sentence, 'metadata_invalid');
  }
  const { redirect_uris: given } = metadata;
  const uris: readonly unknown[] = Array.isArray(given) ? given : [];
  const valid = uris.filter((uri) => typeof uri === 'string' && URL.canParse(uri)) as string[];
  if (valid.length === 0 || valid.length !== uris.length) {
    const sentence = 'The redirect URIs are missing or not URLs.';
    return oauthFault('invalid_redirect_uri', sentence, 'metadata_invalid');
  }
  const registered = await options.register({ ...metadata, redirect_uris: valid });
  if ('kind' in registered) return registered;
  clients.add(registered.client);
  return noStore({ status: 201, body: registered.response });
}
