import type { Plan } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { Auth0Call } from './auth0-call.js';
import type { Auth0State } from './auth0-state.js';
import { planApi } from './plan-api.js';
import { planConnection } from './plan-connection.js';
import { planDefaultGrant, planMachine } from './plan-grants.js';
import { planTenant } from './plan-tenant.js';

/** What a tenant lacks. Pure; the API comes first, since grants are for an API that is there. */
export function planAuth0(wish: Wish, state: Auth0State): Plan<Auth0Call> {
  return [
    planApi(wish, state),
    planTenant(wish, state),
    planConnection(wish, state),
    planDefaultGrant(wish, state),
    ...planMachine(wish, state),
  ];
}
