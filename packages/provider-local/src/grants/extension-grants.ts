import { jwtBearerGrant } from '../assertions/jwt-bearer-grant.js';
import { exchangesByRequest } from '../clients/resource-servers.js';
import type { EngineHooks } from '../engine/engine-hooks.js';
import type { GrantProofs } from '../proof/grant-proofs.js';
import { JWT_BEARER, TOKEN_EXCHANGE } from './grant-types.js';
import type { ExchangeTools } from './token-exchange.js';
import { exchangeParameters, tokenExchangeGrant } from './token-exchange-grant.js';

/** Teaches the engine the grants that are there only where the operator has set them up. */
export function registerExtensionGrants(
  tools: ExchangeTools,
  hooks: EngineHooks,
  proofs: GrantProofs,
): void {
  const { settings, provider } = tools;
  const { forPeople, forWorkloads } = settings.assertions;
  if (forPeople || forWorkloads) {
    const grant = jwtBearerGrant(settings, hooks, proofs);
    provider.registerGrantType(JWT_BEARER, grant, ['assertion', 'scope', 'resource'], ['resource']);
  }
  if (settings.resources.some(exchangesByRequest)) {
    const grant = tokenExchangeGrant(tools, proofs);
    const repeatable = ['audience', 'resource'];
    provider.registerGrantType(TOKEN_EXCHANGE, grant, [...exchangeParameters], repeatable);
  }
}
