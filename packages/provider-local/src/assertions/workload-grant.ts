import { parseScopeList } from '@portcullis/core';
import { errors } from 'oidc-provider';
import { stringParameter } from '../engine/engine-context.js';
import { resourceOf } from '../engine/engine-hooks.js';
import { issueClientToken } from '../grants/client-credentials.js';
import { type AssertionGrant, refuseEnded } from './assertion-grant.js';

/**
 * A workload's own token for an assertion of the platform that it runs on. What the assertion says beside `sub` and the claims that the
 * operator pinned goes nowhere.
 *
 * @see SEP-1933, RFC 7523 §2.1
 */
export async function workloadGrant(grant: AssertionGrant): Promise<void> {
  const { ctx, settings, hooks, proofs, assertion: presented } = grant;
  const { client, params } = ctx.oidc;
  const { clientId } = client;
  const assertion = await settings.assertions.workload(clientId, presented);
  await refuseEnded(grant, assertion, { clientId });

  const { of: workload, claims } = assertion;
  const resource = resourceOf(settings, workload.resource);
  if ([params.resource ?? resource.resource].flat().some((one) => one !== resource.resource)) {
    throw new errors.InvalidTarget('the workload gets no token for this resource');
  }
  const requested = stringParameter(params.scope);
  const scopes = requested === undefined ? workload.scopes : (parseScopeList(requested) ?? []);
  // EXT-63: a program has no use for less than it asked for.
  if (scopes.length === 0 || resource.scopes.missing(workload.scopes, scopes).length > 0) {
    throw new errors.InvalidScope('more than the workload may have', requested ?? '');
  }
  const jkt = await proofs.keyOf(ctx);
  await assertion.refuseSpent();
  const notes = { detail: `by assertion of ${claims.iss} about ${claims.sub}` };
  await issueClientToken(ctx, hooks, { resource, scopes, jkt, notes });
  await assertion.spend();
}
