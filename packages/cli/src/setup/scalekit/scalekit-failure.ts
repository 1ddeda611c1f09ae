import { printable } from '../../printable.js';
import { VendorFailure } from '../vendor-failure.js';
import type { Answer } from './scalekit-api.js';

/** Nobody answered, or nothing that makes sense. */
export function outage(
  to: string,
  how = 'could not be reached, or gave an answer that makes no sense,',
): VendorFailure {
  const remedy = 'Check SCALEKIT_ENVIRONMENT_URL and the network, then try again.';
  return new VendorFailure('unavailable', `Scalekit ${how} when asked to ${to}. ${remedy}`);
}

/** What a refusal means. The body is that of a gRPC gateway: `{ code, message, details }`. */
export function readFailure(to: string, { status, body }: Answer): VendorFailure {
  const { code, message } = body;
  // 6 is ALREADY_EXISTS.
  if (status === 409 || code === 6) {
    return new VendorFailure('conflict', `Cannot ${to}: it exists already.`);
  }
  if (status === 401) {
    return new VendorFailure(
      'refused',
      `Scalekit does not take its own token when asked to ${to}. Check that SCALEKIT_CLIENT_ID is a client of the environment (skc_...), not one of an MCP server.`,
    );
  }
  if (status === 403) {
    return new VendorFailure(
      'refused',
      `Scalekit does not let the client ${to}. Take the API credentials of the environment (Settings > API Credentials), or do it in the dashboard: --instructions writes the steps down.`,
    );
  }
  if (status === 429) {
    return new VendorFailure(
      'unavailable',
      `Scalekit answers too many requests at the moment, and could not ${to}. Wait a minute and try again.`,
    );
  }
  if (status >= 400 && status < 500) {
    const said = typeof message === 'string' ? ` It said: ${printable(message)}` : '';
    return new VendorFailure('refused', `Scalekit refused to ${to} (status ${status}).${said}`);
  }
  return outage(to, `answered with status ${status}`);
}
