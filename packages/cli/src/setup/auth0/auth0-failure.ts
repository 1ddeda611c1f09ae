import { ManagementError, ManagementTimeoutError } from 'auth0';
import { printable } from '../../printable.js';
import { VendorFailure } from '../vendor-failure.js';

/** What was tried, in words, and the scope of the Management API that it needs. */
export interface Task {
  /** Such as `read its APIs`. */
  readonly to: string;
  /** Such as `read:resource_servers`. */
  readonly scope: string;
}

/** All that set-up may need, for a client that is made for it. */
export const managementScopes: string = [
  'read:resource_servers create:resource_servers update:resource_servers',
  'read:tenant_settings update:tenant_settings read:connections update:connections',
  'read:client_grants create:client_grants update:client_grants read:clients create:clients',
].join(' ');

/**
 * Runs one call of the SDK.
 *
 * @throws {VendorFailure} for whatever goes wrong, in a sentence with its remedy; never with what
 *   was sent.
 */
export async function asking<T>(task: Task, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof VendorFailure ? error : auth0Failure(error, task);
  }
}

/** What an error of the SDK means. */
function auth0Failure(error: unknown, { to, scope }: Task): VendorFailure {
  const status = error instanceof ManagementError ? error.statusCode : undefined;
  const body = error instanceof ManagementError ? error.body : undefined;
  const { errorCode, message } = readBody(body);
  // Only the token endpoint speaks OAuth's language.
  const atToken = typeof body === 'object' && body !== null && 'error_description' in body;
  if (status === 401 || (status === 400 && atToken)) {
    return new VendorFailure(
      'refused',
      'Auth0 does not accept the credentials. Check AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or take a fresh AUTH0_MANAGEMENT_TOKEN.',
    );
  }
  if (status === 403 && atToken) {
    return new VendorFailure(
      'refused',
      `The application may not use the Management API. In the dashboard, Applications > APIs > Auth0 Management API > Application Access, allow it: ${managementScopes}. AUTH0_DOMAIN has to be the tenant's own name, not a custom domain.`,
    );
  }
  if (status === 403) {
    const why =
      errorCode === 'insufficient_scope'
        ? `lacks the scope ${scope}`
        : `is refused (needs ${scope})`;
    return new VendorFailure(
      'refused',
      `Auth0 does not let the application ${to}: it ${why}. In the dashboard, Applications > APIs > Auth0 Management API > Application Access, allow it: ${managementScopes}`,
    );
  }
  if (status === 409) return new VendorFailure('conflict', `Cannot ${to}: it exists already.`);
  if (status === 429) {
    return new VendorFailure(
      'unavailable',
      `Auth0 answers too many requests at the moment, and could not ${to}. Wait a minute and try again.`,
    );
  }
  if (status !== undefined && status >= 400 && status < 500) {
    const said = message === undefined ? '' : ` It said: ${message}`;
    return new VendorFailure('refused', `Auth0 refused to ${to} (status ${status}).${said}`);
  }
  return new VendorFailure('unavailable', unavailable(error, { to, status }));
}

function unavailable(
  error: unknown,
  { to, status }: { readonly to: string; readonly status: number | undefined },
): string {
  const how =
    error instanceof ManagementTimeoutError
      ? 'did not answer in time'
      : status === undefined || status < 400
        ? 'could not be reached, or gave an answer that makes no sense'
        : `answered with status ${status}`;
  return `Auth0 ${how} when asked to ${to}. Check AUTH0_DOMAIN and the network, then try again.`;
}

/** The envelope of the Management API: `{ statusCode, error, message, errorCode }`. */
function readBody(body: unknown): { readonly errorCode?: string; readonly message?: string } {
  if (typeof body !== 'object' || body === null) return {};
  const { errorCode, message } = body as Readonly<Record<string, unknown>>;
  return {
    ...(typeof errorCode === 'string' ? { errorCode } : {}),
    ...(typeof message === 'string' ? { message: printable(message) } : {}),
  };
}
