import { createHash } from 'node:crypto';
import { ConfigurationError, isScopeToken } from '@portcullis/core';
import type { Account } from '../accounts/accounts.js';
import type {
  UpstreamAccountsOptions,
  UpstreamClaims,
  UpstreamMapping,
} from './upstream-options.js';

/**
 * Who a person is here, as the operator's function says; `undefined` for somebody who is not welcome.
 *
 * @throws {ConfigurationError} when it says what cannot be, and whatever it throws itself.
 */
export async function accountOf(
  claims: UpstreamClaims,
  { account = () => ({}), name }: UpstreamAccountsOptions,
): Promise<Account | undefined> {
  const mapping: UpstreamMapping | undefined = await account(claims);
  if (mapping === undefined || mapping === null) return undefined;
  const { subject = subjectOf(claims), displayName, scopes } = mapping;
  const fine =
    /^[\x21-\x7E]{1,255}$/.test(subject) &&
    (scopes === undefined || (Array.isArray(scopes) && scopes.every(isScopeToken)));
  if (!fine) {
    throw new ConfigurationError([
      {
        option: 'upstream.account',
        problem:
          'returned a subject that is not 1 to 255 visible ASCII characters, or scopes that are none.',
        remedy: 'Correct what it makes of the claims.',
      },
    ]);
  }
  const names = [displayName, claims.name, claims.preferred_username, claims.email];
  const shown = names.find((one): one is string => typeof one === 'string' && one.trim() !== '');
  return {
    subject,
    displayName: (shown ?? name).slice(0, 256),
    ...(scopes && { scopes: [...scopes] }),
  };
}

/** Never the same for two people, whatever the two of `iss` and `sub` hold, and never the id of a client. */
function subjectOf({ iss, sub }: UpstreamClaims): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
  return `upstream:${digest}`;
}
