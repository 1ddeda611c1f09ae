import { AuthError } from '@portcullis/core';
import type { ClientRegistry } from '../clients/client-registry.js';
import type { StoredClients } from '../clients/stored-clients.js';
import { warnOfPlainHttp } from '../front/plain-http.js';
import type { CurrentKeys, IssuerKeys } from '../keys/issuer-keys.js';
import { checkSingleUse } from '../store/store-check.js';
import { buildEngine, type Engine, type EngineTools } from './engine.js';

/**
 * The engine of this moment: another one as soon as another key signs, other cookie keys count or the clients of the operator change. A
 * request keeps the engine that it began with, whose keys still verify; without requests an engine is garbage.
 *
 * The store is held to single use first.
 */
export function createCurrentEngine(
  tools: EngineTools,
  keys: IssuerKeys,
  clients: Pick<ClientRegistry, 'current'>,
): () => Promise<Engine> {
  let checking: Promise<void> | undefined;
  let warned = false;
  let built:
    | { readonly from: CurrentKeys; readonly clients: StoredClients; readonly engine: Engine }
    | undefined;

  /** The answers say only that something failed; the operator has to hear what, and once. */
  function warn({ message }: Error): void {
    if (!warned) process.emitWarning(message);
    warned = true;
  }

  return async () => {
    checking ??= checkSingleUse(tools.settings.store).catch((error: unknown) => {
      // A store that was away may be back at the next request.
      checking = undefined;
      if (AuthError.isInstance(error) && error.code === 'CONFIGURATION_INVALID') warn(error);
      throw error;
    });
    await checking;
    warnOfPlainHttp(tools.settings);
    const [{ signing, cookies }, stored] = await Promise.all([keys.current(), clients.current()]);
    const same =
      built?.from.signing.active.id === signing.active.id &&
      built.from.cookies === cookies &&
      built.clients === stored;
    if (!built || !same) {
      const engine = buildEngine(tools, {
        signingKey: signing.active.material,
        cookieKeys: cookies.live.map(({ material }) => material),
      });
      built = { from: { signing, cookies }, clients: stored, engine };
    }
    return built.engine;
  };
}
