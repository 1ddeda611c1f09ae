/** Why an OAuth endpoint refuses, finer than the error codes of OAuth, for vendors that answer each in their own way. */
export type OAuthFaultReason =
  | 'malformed_request'
  | 'unknown_client'
  | 'wrong_secret'
  | 'redirect_uri_mismatch'
  | 'response_type_unsupported'
  | 'challenge_missing'
  | 'grant_type_unsupported'
  | 'grant_type_not_allowed'
  | 'code_invalid'
  | 'verifier_mismatch'
  | 'refresh_token_invalid'
  | 'scope_exceeds_grant'
  | 'registration_off'
  | 'metadata_invalid'
  | 'not_revocable'
  /** The vendor's own hook said no. */
  | 'refused';

/** A refusal of an OAuth endpoint. */
export interface OAuthFault {
  readonly kind: 'fault';
  /** Such as `invalid_grant` (RFC 6749 §5.2, RFC 7591 §3.2.2, RFC 8707 §2). */
  readonly error: string;
  readonly description: string;
  readonly reason: OAuthFaultReason;
}

/** The endpoint that refuses. */
export type OAuthEndpoint = 'authorize' | 'token' | 'register' | 'revoke';

/** How a refusal looks on the wire. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A vendor's spelling of a refusal. `undefined`: as RFC 6749 §5.2 has it. */
export type AnswerFault = (fault: OAuthFault, endpoint: OAuthEndpoint) => FaultAnswer | undefined;

/** A refusal, as the hooks of a vendor's fake return it. */
export function oauthFault(
  error: string,
  description: string,
  reason: OAuthFaultReason = 'refused',
): OAuthFault {
  return { kind: 'fault', error, description, reason };
}

/** The answer of RFC 6749 §5.2: 401 for a client that did not prove itself, 404 where nobody registers, otherwise 400. */
export function faultAnswer({ error, description, reason }: OAuthFault): FaultAnswer {
  const status = error === 'invalid_client' ? 401 : reason === 'registration_off' ? 404 : 400;
  return { status, body: { error, error_description: description } };
}

/** Sends an answer that nobody may store (RFC 6749 §5.1). */
export function noStore(answer: FaultAnswer): Response {
  const headers = { 'cache-control': 'no-store', pragma: 'no-cache', ...answer.headers };
  return Response.json(answer.body, { status: answer.status, headers });
}
