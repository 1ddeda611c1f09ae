import type { AnswerFault } from '@portcullis/core/testing';

const forbidden = (
  error: string,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
) => ({
  status: 403,
  body: { error, error_description: description, ...more },
});

/**
 * Auth0's spelling of refusals: 403 where RFC 6749 has 400, and `access_denied` for a wrong secret.
 *
 * What is known from users' reports and documentation has its words; the pages for an unknown
 * client or a wrong callback are JSON here.
 */
export const auth0Fault: AnswerFault = ({ error, description, reason }, endpoint) => {
  switch (reason) {
    case 'wrong_secret':
      return { status: 401, body: { error: 'access_denied', error_description: 'Unauthorized' } };
    case 'unknown_client':
      return endpoint === 'authorize'
        ? { status: 400, body: { error: 'invalid_request', error_description: 'Unknown client' } }
        : { status: 401, body: { error: 'access_denied', error_description: 'Unauthorized' } };
    case 'redirect_uri_mismatch':
      return endpoint === 'authorize'
        ? forbidden('invalid_request', 'Callback URL mismatch.')
        : forbidden('invalid_grant', 'The redirect URI is wrong.');
    case 'grant_type_not_allowed':
      return forbidden('unauthorized_client', grantTypeNotAllowed(description), {
        error_uri: 'https://auth0.com/docs/clients/client-grant-types',
      });
    case 'grant_type_unsupported':
      return forbidden('unsupported_grant_type', 'Unsupported grant type.');
    case 'code_invalid':
      return forbidden('invalid_grant', 'Invalid authorization code');
    case 'verifier_mismatch':
      return forbidden('invalid_grant', 'Failed to verify code verifier');
    case 'refresh_token_invalid':
      return forbidden('invalid_grant', 'Unknown or invalid refresh token.');
    case 'refused':
      return error === 'invalid_request' ? undefined : forbidden(error, description);
    default:
      return undefined;
  }
};

/** Our endpoints name the grant type last: `The client may not use client_credentials.` */
function grantTypeNotAllowed(description: string): string {
  const [, grantType] = /^The client may not use (\S+)\.$/.exec(description) ?? [];
  return grantType ? `Grant type '${grantType}' not allowed for the client.` : description;
}
