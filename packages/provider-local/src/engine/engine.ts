import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorOut, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientDocuments } from '../documents/client-documents.js';
import { clientCredentialsGrant } from '../grants/client-credentials.js';
import { registerExtensionGrants } from '../grants/extension-grants.js';
import type { ExchangeTools } from '../grants/token-exchange.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { SigningJwk } from '../keys/signing-keys.js';
import { createGrantProofs } from '../proof/grant-proofs.js';
import { nonceSecret } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import { stillVouchedFor } from '../upstream/still-vouched-for.js';
import { type AfterTools, afterEngine } from './after-engine.js';
import { judgeClientSecrets } from './client-secrets.js';
import { engineConfiguration, enginePaths } from './engine-configuration.js';
import { createEngineHooks } from './engine-hooks.js';

/** The hidden engine, wired. */
export interface Engine {
  readonly provider: Provider;
  /** What tokens are exchanged with, where no request comes in. */
  readonly exchangeTools: ExchangeTools;
  /** Answers one request that the front has made for it. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** What the engine is given beside its settings. */
export interface EngineTools extends Omit<AfterTools, 'settings' | 'audit' | 'answers'> {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  readonly documents: ClientDocuments;
}

/** What it signs with. */
export interface EngineKeys {
  readonly signingKey: SigningJwk;
  /** The first signs, all of them verify. */
  readonly cookieKeys: readonly string[];
}

/** Builds the engine around its keys. It cannot change them: for others there is another engine. */
export function buildEngine(tools: EngineTools, keys: EngineKeys): Engine {
  const { settings, audit, documents } = tools;
  const { alg, kid } = keys.signingKey;
  const hooks = createEngineHooks({
    settings,
    audit,
    signingKey: { alg, kid },
    renderError(ctx: KoaContextWithOIDC, out: ErrorOut) {
      ctx.type = 'html';
      ctx.body = tools.errorPage(ctx, out.error);
    },
    vouchedFor: (subject) =>
      stillVouchedFor(subject, { settings, audit, feed: { publish: tools.revoked } }),
  });
  const provider = new Provider(
    settings.issuer,
    engineConfiguration(settings, keys, hooks, documents),
  );
  // The front writes the headers that this trusts, from the issuer and nothing else.
  provider.proxy = true;
  // What goes wrong is in the answer and in the audit log; the engine would print it.
  provider.silent = true;
  judgeClientSecrets(provider, settings.clients);
  const proofs = createGrantProofs(
    settings,
    nonceSecret(keys.cookieKeys[0] ?? ''),
    `${settings.issuer}${enginePaths.token}`,
  );
  provider.registerGrantType(
    'client_credentials',
    clientCredentialsGrant(settings, hooks, proofs),
    ['scope', 'resource'],
    ['resource'],
  );
  const exchangeTools = {
    settings,
    provider,
    signingKey: { alg, kid },
    readToken: tools.readToken,
  };
  registerExtensionGrants(exchangeTools, hooks, proofs);
  provider.use(afterEngine(provider, { ...tools, settings, audit, answers: hooks.answers }));
  const handler = provider.callback();
  return {
    provider,
    exchangeTools,
    handle: (request, response) => void handler(request, response),
  };
}
