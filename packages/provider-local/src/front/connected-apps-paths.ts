import type { Account } from '../accounts/accounts.js';
import type { Settings } from '../settings.js';

/** Where the page of connected apps lies, below the path of the issuer. */
export const CONNECTED_APPS = '/connected-apps';

/** Its path on the origin of the issuer. */
export const appsPath = ({ basePath }: Settings): string => `${basePath}${CONNECTED_APPS}`;

/** What a form of these pages is for. */
export type AppsStep = 'connected_apps' | 'connected_apps_sign_in';

/** What its forms may answer: those of a person for that person alone, that of the sign-in for whoever it turns out to be. */
export function appsTransaction(account?: Account): {
  readonly uid: string;
  readonly step: AppsStep;
} {
  return account
    ? { uid: `${CONNECTED_APPS} ${account.subject}`, step: 'connected_apps' }
    : { uid: CONNECTED_APPS, step: 'connected_apps_sign_in' };
}
