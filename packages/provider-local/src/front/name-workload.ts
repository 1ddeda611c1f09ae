import { presenterOf } from '../assertions/workload-clients.js';
import { sendOAuthError } from './answers.js';
import type { Exchange, Front } from './exchange.js';

/**
 * Puts the name of a workload into its token request, which comes with an assertion and nothing else: the engine wants a client.
 *
 * @returns Whether the request is answered, since nobody let the workload in. No key was fetched for that.
 */
export async function nameWorkload(
  { settings, audit }: Front,
  { request, response, requestId }: Exchange,
  parameters: URLSearchParams,
): Promise<boolean> {
  const presenter = presenterOf(settings, parameters, request.headers.authorization);
  if (presenter.kind === 'workload') parameters.set('client_id', presenter.workload.clientId);
  if (presenter.kind !== 'stranger') return false;
  const detail = 'The assertion is of no workload that may come.';
  await audit.record(requestId, 'token_refused', { detail });
  sendOAuthError(response, 400, 'invalid_grant', 'grant request is invalid');
  return true;
}
