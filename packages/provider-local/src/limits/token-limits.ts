import type { ServerResponse } from 'node:http';
import type { Settings } from '../settings.js';
import type { Count } from './request-limits.js';
import { whenClosed } from './when-closed.js';

/** What is known of a token request before anybody has judged it. */
export interface TokenAttempt {
  readonly parameters: URLSearchParams;
  readonly authorization: string | undefined;
  readonly address: string | undefined;
  readonly response: ServerResponse;
}

type Refused = Extract<Count, { readonly kind: 'refused' }>;
type Counted = Extract<Count, { readonly kind: 'counted' }>;

const beyond = new WeakMap<ServerResponse, number>();

/** Seconds to wait after a wrong secret, where there were too many before it and nobody knows whose. */
export function waitAfterGuess(response: ServerResponse): number | undefined {
  return beyond.get(response);
}

/**
 * Counts a request that brings a client secret. Of these, only wrong ones stay counted.
 *
 * Where addresses are known, too many from one keep out that one. Where not, a stranger's guesses must not keep out the client itself:
 * the secret is looked at, and a wrong one is answered 429 afterwards, see {@link waitAfterGuess}.
 */
export async function limitSecret(
  { limits }: Settings,
  attempt: TokenAttempt,
): Promise<Refused | undefined> {
  if (!presentsSecret(attempt)) return undefined;
  const where = attempt.address === undefined ? [] : [attempt.address];
  // Before it is looked at, so that guesses made at once do not slip through together.
  const count = await limits.count('clientSecrets', claimedClient(attempt), ...where);
  if (count.kind === 'refused') {
    if (attempt.address !== undefined) return count;
    beyond.set(attempt.response, count.wait);
    return undefined;
  }
  // Nobody who hangs up before the answer has shown that the secret was right.
  giveBackIf(attempt.response, (status) => status !== undefined && status !== 401, count);
  return undefined;
}

/** Counts a revocation or a pushed request. */
export async function limitAddress(
  settings: Settings,
  name: 'revocation' | 'pushedRequests',
  attempt: TokenAttempt,
): Promise<Refused | undefined> {
  const count = await settings.limits.countAddress(name, attempt.address);
  return count.kind === 'refused' ? count : limitSecret(settings, attempt);
}

/**
 * Counts a request to the token endpoint, and says which budget it would exceed.
 *
 * A dead code or refresh token is counted and let through, so that its client hears `invalid_grant` and not 429; where too many were
 * dead, one that lives has to wait, and is not used up.
 */
export async function limitToken(
  settings: Settings,
  attempt: TokenAttempt,
): Promise<Refused | undefined> {
  const { limits } = settings;
  const { parameters, address, response } = attempt;
  const client = claimedClient(attempt);
  const grant = parameters.get('grant_type') ?? '';

  const guessed = await limitSecret(settings, attempt);
  if (guessed) return guessed;
  if (grant !== 'authorization_code' && grant !== 'refresh_token') {
    const count = await limits.count('clientTokens', client);
    if (count.kind === 'refused') return count;
    // Only a token shows that the client itself asked: whoever else names it uses up nothing of its budget.
    giveBackIf(attempt.response, (status) => status !== 200, count);
    return undefined;
  }
  const byAddress = address !== undefined && limits.has('failedGrants');
  const byGrant = grant === 'refresh_token' && limits.has('refreshes');
  if (!byAddress && !byGrant) return undefined;
  const [kind, name] =
    grant === 'refresh_token' ? ['RefreshToken', 'refresh_token'] : ['AuthorizationCode', 'code'];
  const record = await settings.store.read(kind, parameters.get(name) ?? '');
  const lives = record !== undefined && record.consumedAt === undefined;
  if (byAddress) {
    const failed = await limits.count('failedGrants', client, address);
    if (lives && failed.kind === 'refused') return failed;
    if (lives && failed.kind === 'counted') await failed.giveBack();
    // A used one may be answered again, or only now.
    else if (failed.kind === 'counted') giveBackIf(response, (status) => status === 200, failed);
  }
  if (!byGrant || !record) return undefined;
  const countRefresh = () => limits.count('refreshes', String(record.payload.grantId));
  if (!lives) {
    // It counts where it is answered again; were it stopped here, its second use might go unnoticed.
    whenClosed(response, (status) => void (status === 200 && countRefresh().catch(() => {})));
    return undefined;
  }
  const count = await countRefresh();
  return count.kind === 'refused' ? count : undefined;
}

/** @param fits - Asked with the status of the answer; with nothing where the connection closed before it was sent. */
function giveBackIf(
  response: ServerResponse,
  fits: (status: number | undefined) => boolean,
  { giveBack }: Counted,
): void {
  whenClosed(response, (status) => {
    // A count that cannot be taken back runs out by itself.
    if (fits(status)) giveBack().catch(() => {});
  });
}

function presentsSecret({ parameters, authorization }: TokenAttempt): boolean {
  return parameters.has('client_secret') || /^basic /i.test(authorization ?? '');
}

/** Which client a request says that it comes from. Unproven, so nothing but a count may hang on it. */
function claimedClient({ parameters, authorization = '' }: TokenAttempt): string {
  const [scheme, credentials = ''] = authorization.split(' ', 2);
  if (scheme?.toLowerCase() === 'basic') {
    const [id = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1);
    // Decoded as RFC 6749 §2.3.1 encodes it, so that another spelling gets no budget of its own.
    return new URLSearchParams(`id=${id.replaceAll('&', '%26')}`).get('id') ?? '';
  }
  return parameters.get('client_id') ?? subjectOf(parameters.get('client_assertion') ?? '');
}

function subjectOf(assertion: string): string {
  try {
    const [, payload = ''] = assertion.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return String((claims as { readonly sub?: unknown } | null)?.sub);
  } catch {
    return '';
  }
}
