import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorOut, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { clientCredentialsGrant } from '../grants/client-credentials.js';
import type { IssuerAudit } from '../issuer-audit.js';
import { loadCookieKeys } from '../keys/cookie-keys.js';
import { loadSigningKeys, type SigningKeys } from '../keys/signing-keys.js';
import type { Settings } from '../settings.js';
import { checkSingleUse } from '../store/store-check.js';
import { type AfterTools, afterEngine } from './after-engine.js';
import { engineConfiguration } from './engine-configuration.js';
import { createEngineHooks } from './engine-hooks.js';

/** The hidden engine, wired. */
export interface Engine {
  readonly provider: Provider;
  readonly keys: SigningKeys;
  /** Answers one request that the front has made for it. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** What the engine is given beside its settings. */
export interface EngineTools extends Omit<AfterTools, 'settings' | 'audit' | 'refreshGrace'> {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
}

/** Holds the store to single use, loads or makes the keys and builds the engine around them. */
export async function startEngine(tools: EngineTools): Promise<Engine> {
  const { settings, audit } = tools;
  await checkSingleUse(settings.store);
  const [keys, cookieKeys] = await Promise.all([
    loadSigningKeys(settings.store),
    loadCookieKeys(settings.store),
  ]);
  const hooks = createEngineHooks({
    settings,
    audit,
    keyId: String(keys.privateKeys[0]?.kid),
    renderError(ctx: KoaContextWithOIDC, out: ErrorOut) {
      ctx.type = 'html';
      ctx.body = tools.errorPage(ctx, out.error);
    },
  });
  const provider = new Provider(
    settings.issuer,
    engineConfiguration(settings, keys, cookieKeys, hooks),
  );
  // The front writes the headers that this trusts, from the issuer and nothing else.
  provider.proxy = true;
  // What goes wrong is in the answer and in the audit log; the engine would print it.
  provider.silent = true;
  provider.registerGrantType(
    'client_credentials',
    clientCredentialsGrant(settings, hooks),
    ['scope', 'resource'],
    ['resource'],
  );
  provider.use(
    afterEngine(provider, { ...tools, settings, audit, refreshGrace: hooks.refreshGrace }),
  );
  const handler = provider.callback();
  return { provider, keys, handle: (request, response) => void handler(request, response) };
}
