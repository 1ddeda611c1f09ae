import type { RegisteredClient } from '../clients/registered-client.js';
import { JWT_BEARER } from '../grants/grant-types.js';
import type { Settings } from '../settings.js';
import type { Workload, WorkloadIssuer } from './assertion-options.js';
import { isIdentityAssertion, readUnverified } from './unverified-assertion.js';

/** The workloads as clients that prove themselves by nothing but an assertion (EXT-60). */
export function workloadClients(issuers: readonly WorkloadIssuer[]): readonly RegisteredClient[] {
  return issuers.flatMap(({ workloads }) =>
    workloads.map(({ clientId, scopes }) => ({
      clientId,
      name: clientId,
      grantTypes: [JWT_BEARER],
      scopes,
      authentication: { method: 'none' },
    })),
  );
}

/** Whom a request without any client authentication comes from. */
export type Presenter =
  | { readonly kind: 'workload'; readonly workload: Workload }
  /** It brings the assertion of a workload that nobody let in. */
  | { readonly kind: 'stranger' }
  /** It is none of these: for the engine to judge. */
  | { readonly kind: 'client' };

/**
 * Finds the workload that a token request is from. Only names it: whether the assertion holds is judged when the engine comes to the grant.
 *
 * @param authorization - The header, which a workload does not send.
 */
export function presenterOf(
  { assertions }: Pick<Settings, 'assertions'>,
  parameters: URLSearchParams,
  authorization: string | undefined,
): Presenter {
  const assertion = parameters.get('assertion');
  const proven = ['client_secret', 'client_assertion'].some((name) => parameters.has(name));
  if (
    !assertions.forWorkloads ||
    parameters.get('grant_type') !== JWT_BEARER ||
    assertion === null ||
    proven ||
    authorization !== undefined ||
    isIdentityAssertion(readUnverified(assertion))
  ) {
    return { kind: 'client' };
  }
  const resource = parameters.get('resource') ?? undefined;
  const workload = assertions.claimedWorkload(assertion, resource);
  return workload ? { kind: 'workload', workload } : { kind: 'stranger' };
}
