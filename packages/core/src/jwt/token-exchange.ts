import { DownstreamRefusedError, ProviderUnavailableError } from '../errors.js';
import type {
  DownstreamRequest,
  DownstreamToken,
  VerifyContext,
} from '../provider/auth-provider.js';
import type { PresentedToken } from '../token/presented-token.js';
import { type FetchBounds, postForm } from './fetch-json.js';
import { untilAborted } from './until-aborted.js';

/** Where tokens are exchanged, and as whom. */
export interface TokenExchange {
  /** The token endpoint. */
  readonly endpoint: string;
  /** How this server proves itself there (RFC 6749 §2.3.1): in headers, in the form, or both. */
  readonly client: {
    readonly headers: Readonly<Record<string, string>>;
    readonly form: Readonly<Record<string, string>>;
  };
  readonly bounds: FetchBounds;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number;
  /** Told the error code of a refusal, which an administrator may be able to mend. */
  refused(error: string): void;
}

type Json = Readonly<Record<string, unknown>>;

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * Exchanges the caller's token for one that another server accepts: no redirects, bounded in time and size.
 *
 * Does NOT check the new token, save that it is a new one: it is opaque to us, and the other server's to verify.
 *
 * @throws {DownstreamRefusedError} `DOWNSTREAM_REFUSED` when the issuer says no.
 * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when it cannot be asked, asks us to come back later, or gives an answer that is
 *   none.
 * @see RFC 8693 §2
 */
export async function exchangeToken(
  { endpoint, client, bounds, retryAfter, refused }: TokenExchange,
  token: PresentedToken,
  want: DownstreamRequest,
  { now, signal }: Pick<VerifyContext, 'now' | 'signal'>,
): Promise<DownstreamToken> {
  const outage = (what: string) =>
    new ProviderUnavailableError(`The token endpoint ${what}.`, { retryAfter });
  const form = {
    grant_type: TOKEN_EXCHANGE,
    ...client.form,
    subject_token: token.value,
    subject_token_type: ACCESS_TOKEN,
    requested_token_type: ACCESS_TOKEN,
    audience: want.audience,
    ...(want.scopes.length > 0 ? { scope: want.scopes.join(' ') } : {}),
  };
  const answer = await untilAborted(postForm(endpoint, form, client.headers, bounds), signal);
  if (answer.kind === 'failed') throw outage(answer.reason);
  const { status, value } = answer;
  if (status === 429) throw outage('limits the rate of token exchanges');
  const body: Json = typeof value === 'object' && value !== null ? (value as Json) : {};
  if (status !== 200) {
    const refusal = new DownstreamRefusedError(body.error);
    refused(refusal.error);
    throw refusal;
  }
  const exchanged = readToken(body, now);
  if (!exchanged) throw outage('answered with no token');
  // Passed on it would be the passthrough that MCP forbids, whoever suggests it.
  if (exchanged.value === token.value) throw outage("gave the caller's own token back");
  return exchanged;
}

/** RFC 8693 §2.2.1. */
function readToken(body: Json, now: number): DownstreamToken | undefined {
  const { access_token: value, expires_in: lifetime, token_type: type } = body;
  const { issued_token_type: issued = ACCESS_TOKEN } = body;
  const scheme = String(type).toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  const known = typeof type === 'string' && type.toLowerCase() === scheme.toLowerCase();
  const usable = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
  const lasts = typeof lifetime === 'number' && Number.isFinite(lifetime) && lifetime > 0;
  if (!usable || !lasts || !known || issued !== ACCESS_TOKEN) return undefined;
  return { value, scheme, expiresAt: now + Math.floor(lifetime) };
}
