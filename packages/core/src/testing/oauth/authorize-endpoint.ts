import { formFields, readParameters } from '../request-parameters.js';
import { accessRequest, text } from './access-request.js';
import type { EndpointContext } from './authorization-options.js';
import { type FakeClient, grantTypesOf, isRedirectOf } from './fake-clients.js';
import { type OAuthFault, oauthFault } from './oauth-fault.js';

type Parameters = Readonly<Record<string, unknown>>;

/** Approves at once. A client or redirect that is not known gets no redirect (RFC 6749 §4.1.2.1). */
export async function authorizeEndpoint(
  context: EndpointContext,
  request: Request,
): Promise<Response | OAuthFault> {
  const { options, clients } = context;
  const parameters =
    request.method === 'POST'
      ? await readParameters(request)
      : formFields(new URL(request.url).searchParams);
  if (!parameters) {
    return oauthFault('invalid_request', 'The request is not a form.', 'malformed_request');
  }
  const client = await clients.find(text(parameters, 'client_id') ?? '');
  if (!client) {
    return oauthFault('invalid_request', 'Nobody knows the client.', 'unknown_client');
  }
  const redirectUri = text(parameters, 'redirect_uri');
  if (redirectUri === undefined || !isRedirectOf(client, redirectUri)) {
    const sentence = 'The redirect URI is not one of the client.';
    return oauthFault('invalid_request', sentence, 'redirect_uri_mismatch');
  }
  const outcome = await approve(context, { client, redirectUri, parameters });

  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries({
    ...(typeof outcome === 'string'
      ? { code: outcome }
      : { error: outcome.error, error_description: outcome.description }),
    state: text(parameters, 'state'),
    iss: (options.sendsIssuer?.() ?? true) ? options.issuer : undefined,
  })) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  const headers = { location: location.href, 'cache-control': 'no-store' };
  return new Response(null, { status: 302, headers });
}

/** A code, or what the client is told in its place. */
async function approve(
  { options, grants }: EndpointContext,
  asked: {
    readonly client: FakeClient;
    readonly redirectUri: string;
    readonly parameters: Parameters;
  },
): Promise<string | OAuthFault> {
  const { client, redirectUri, parameters } = asked;
  const repeated = Object.keys(parameters).find(
    (name) => name !== 'resource' && Array.isArray(parameters[name]),
  );
  if (repeated !== undefined) {
    const sentence = `The parameter ${repeated} came twice.`;
    return oauthFault('invalid_request', sentence, 'malformed_request');
  }
  if (parameters.response_type !== 'code') {
    const sentence = 'The response type must be "code".';
    return oauthFault('unsupported_response_type', sentence, 'response_type_unsupported');
  }
  if (!grantTypesOf(client).includes('authorization_code')) {
    const sentence = 'The client may not ask for codes.';
    return oauthFault('unauthorized_client', sentence, 'grant_type_not_allowed');
  }
  const challenge = text(parameters, 'code_challenge');
  const isS256 = parameters.code_challenge_method === 'S256';
  if (!isS256 || challenge === undefined || !/^[A-Za-z0-9\-_]{43}$/.test(challenge)) {
    const sentence = 'A code challenge with the method S256 is required.';
    return oauthFault('invalid_request', sentence, 'challenge_missing');
  }
  const decision = await options.decide(accessRequest(client, 'authorization_code', parameters));
  if ('kind' in decision) return decision;
  const { audience, scopes, subject = options.subject ?? 'user-1' } = decision;
  return grants.issueCode({ client, subject, audience, scopes, redirectUri, challenge });
}
