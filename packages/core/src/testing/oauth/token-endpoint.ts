import { createHash } from 'node:crypto';
import { readParameters } from '../request-parameters.js';
import { accessRequest, scopeList, text } from './access-request.js';
import type { EndpointContext, FakeGrant } from './authorization-options.js';
import { type FakeClient, grantTypesOf } from './fake-clients.js';
import type { GrantedAccess } from './fake-grants.js';
import { noStore, type OAuthFault, oauthFault } from './oauth-fault.js';

type Parameters = Readonly<Record<string, unknown>>;
/** Access that may be refreshed has a family; a client's own has none. */
type Access = GrantedAccess & {
  readonly family?: string;
  /** Fewer scopes for this access token, while the refresh token keeps all (RFC 6749 §6). */
  readonly narrowed?: readonly string[];
};

/** Trades a code, a refresh token or a client's own secret for an access token. */
export async function tokenEndpoint(
  context: EndpointContext,
  request: Request,
): Promise<Response | OAuthFault> {
  const { options, clients, grants } = context;
  const parameters = await readParameters(request);
  const grantType = parameters && text(parameters, 'grant_type');
  if (!parameters || grantType === undefined) {
    const sentence = 'The request is not a form with a grant type.';
    return oauthFault('invalid_request', sentence, 'malformed_request');
  }
  const client = await clients.authenticate(request.headers.get('authorization'), parameters);
  if ('kind' in client) return client;
  const access = await accessFor(context, { client, grantType, parameters });
  if ('kind' in access) return access;

  const { family, narrowed, ...granted } = access;
  const whole: FakeGrant = { ...granted, grantType, parameters };
  const grant: FakeGrant = { ...whole, scopes: narrowed ?? whole.scopes };
  const { expiresIn = 3600, refreshes = wantsOffline } = options;
  const refreshToken =
    family !== undefined && refreshes(whole)
      ? grants.issueRefreshToken(granted, family)
      : undefined;
  const scope = grant.scopes.join(' ');
  return noStore({
    status: 200,
    body: {
      access_token: await options.mint(grant),
      token_type: 'Bearer',
      expires_in: expiresIn,
      ...(scope === '' ? {} : { scope }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(await options.extras?.(grant)),
    },
  });
}

const wantsOffline = ({ scopes }: FakeGrant): boolean => scopes.includes('offline_access');

interface TokenRequest {
  readonly client: FakeClient;
  readonly grantType: string;
  readonly parameters: Parameters;
}

async function accessFor(
  context: EndpointContext,
  asked: TokenRequest,
): Promise<Access | OAuthFault> {
  const { client, grantType, parameters } = asked;
  const own = ['authorization_code', 'refresh_token', 'client_credentials'].includes(grantType);
  if (own && !grantTypesOf(client).includes(grantType)) {
    const sentence = `The client may not use ${grantType}.`;
    return oauthFault('unauthorized_client', sentence, 'grant_type_not_allowed');
  }
  if (grantType === 'authorization_code') return byCode(context, client, parameters);
  if (grantType === 'refresh_token') return byRefreshToken(context, client, parameters);
  const request = accessRequest(client, grantType, parameters);
  const decision = own
    ? await context.options.decide(request)
    : await context.options.extensionGrant?.(request);
  if (!decision) {
    const sentence = 'The grant type is not known here.';
    return oauthFault('unsupported_grant_type', sentence, 'grant_type_unsupported');
  }
  return 'kind' in decision ? decision : { ...decision, client };
}

function byCode(
  { grants }: EndpointContext,
  client: FakeClient,
  parameters: Parameters,
): Access | OAuthFault {
  const taken = grants.takeCode(text(parameters, 'code') ?? '');
  if (!taken || taken.client.clientId !== client.clientId) {
    return oauthFault('invalid_grant', 'The code is not good, or not any more.', 'code_invalid');
  }
  const { redirectUri, challenge, ...access } = taken;
  if (text(parameters, 'redirect_uri') !== redirectUri) {
    const sentence = 'The code was sent to another redirect URI.';
    return oauthFault('invalid_grant', sentence, 'redirect_uri_mismatch');
  }
  const verifier = text(parameters, 'code_verifier') ?? '';
  if (createHash('sha256').update(verifier).digest('base64url') !== challenge) {
    const sentence = 'The code verifier does not fit the challenge.';
    return oauthFault('invalid_grant', sentence, 'verifier_mismatch');
  }
  return access;
}

function byRefreshToken(
  { grants }: EndpointContext,
  client: FakeClient,
  parameters: Parameters,
): Access | OAuthFault {
  const token = text(parameters, 'refresh_token') ?? '';
  const refused = () =>
    oauthFault('invalid_grant', 'The refresh token is not good.', 'refresh_token_invalid');
  const peeked = grants.peekRefreshToken(token);
  if (peeked?.client.clientId !== client.clientId) return refused();
  const asked = text(parameters, 'scope');
  const scopes = asked === undefined ? peeked.scopes : scopeList(asked);
  if (!scopes.every((scope) => peeked.scopes.includes(scope))) {
    const sentence = 'A refresh brings no scope that was not granted.';
    return oauthFault('invalid_scope', sentence, 'scope_exceeds_grant');
  }
  const taken = grants.takeRefreshToken(token);
  return taken ? { ...taken, narrowed: scopes } : refused();
}
