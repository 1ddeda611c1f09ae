import { type Adapter, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '../settings.js';
import type { LocalStore } from '../store/local-store.js';

/** What a pushed request is called: this and its secret (RFC 9126 §2.2). */
export const PUSHED_REQUEST_URN = 'urn:ietf:params:oauth:request_uri:';

const KIND = 'PushedAuthorizationRequest';
/** Signing in and deciding take ten minutes each at most; whoever is slower starts again. */
const DECIDING_SECONDS = 1200;

/**
 * Lets a pushed request lead to one code, whoever opens it and in however many windows. For sixty seconds it can be opened: the payload
 * says so, and the engine heeds it. The record stays until everybody who opened it has decided.
 *
 * @param kind - Of the engine's records. All others are left alone.
 */
export function singleUsePushedRequests(
  kind: string,
  adapter: Adapter,
  store: LocalStore,
): Adapter {
  if (kind !== KIND) return adapter;
  return {
    ...adapter,
    upsert: (id, payload, expiresIn = 0) =>
      adapter.upsert(id, payload, expiresIn + DECIDING_SECONDS),
    async find(id) {
      const found = await adapter.find(id);
      // Where there is none after the person has decided, the engine would go on as if nothing had been pushed.
      return found ?? refuse();
    },
    async consume(id) {
      if (!(await store.consume(KIND, id, Math.floor(Date.now() / 1000)))) refuse();
    },
  };
}

/**
 * Refuses a request that came through the browser where all must be pushed (RFC 9126 §5). The engine would do it by a mark on each client,
 * which stays in the record of one that registered itself when the operator has changed this.
 */
export function demandPushed(
  { oidc }: KoaContextWithOIDC,
  { pushedAuthorizationRequests }: Pick<Settings, 'pushedAuthorizationRequests'>,
): void {
  if (pushedAuthorizationRequests !== 'required' || oidc.route !== 'authorization') return;
  if (oidc.entities.PushedAuthorizationRequest) return;
  throw new errors.InvalidRequest('Pushed Authorization Request must be used');
}

function refuse(): never {
  throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
}
