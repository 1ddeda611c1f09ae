import type { LocalStore } from '../store/local-store.js';
import type { UpstreamAccounts } from '../upstream/upstream.js';
import { createUpstreamPeople, type UpstreamPeople } from '../upstream/upstream-people.js';
import type { Accounts } from './accounts.js';

/** Who can sign in, and where. */
export interface People {
  readonly accounts: Accounts;
  /** Where people sign in elsewhere: then nobody has a password here. */
  readonly upstream: UpstreamPeople | undefined;
}

/** Makes one kind of people of the two. */
export function toPeople(accounts: Accounts | UpstreamAccounts, store: LocalStore): People {
  if (!('kind' in accounts)) return { accounts, upstream: undefined };
  const upstream = createUpstreamPeople(accounts, store);
  return {
    accounts: { find: upstream.find, signIn: async () => ({ kind: 'refused' }) },
    upstream,
  };
}
