import { errors } from 'oidc-provider';
import type { Settings } from '../settings.js';
import { noteWait } from './rate-limited.js';

/** Hosts that are an address or that name this machine or its neighbours: nothing a published client lives on. */
const notPublished = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$|\.$|^[^.]+$/i;

/**
 * Whether a client id may be fetched at all: https, a path, no dot segment, user info, fragment or query, and a host that has a
 * public name. The engine checks some of it, and the address it connects to; what is refused here costs no connection.
 *
 * @see draft-ietf-oauth-client-id-metadata-document §3
 */
export function isClientDocument(clientId: string, settings: Settings): boolean {
  if (clientId.length > 2048 || !/^https:\/\/[^/?#@\\]+\/[^?#\\]*$/.test(clientId)) return false;
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(clientId) || !URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  if (url.pathname === '/' || !clientId.startsWith(`${url.origin}/`)) return false;
  return isPublished(url, settings);
}

/** Whether a URL names a host that the world can know. What it resolves to is only seen when a connection is made. */
export function isPublished(url: URL, settings: Settings): boolean {
  if (settings.documentOrigins.has(url.origin)) return true;
  const address = /^\[|^[\d.]+$|^0x/i.test(url.hostname);
  return !address && !notPublished.test(url.hostname);
}

/**
 * Lets the engine fetch a client's document at most once a request: after a failure it would try again while it makes the error page.
 */
export function fetchOnce(settings: Settings): (ctx: object, clientId: string) => boolean {
  const asked = new WeakSet<object>();
  return (ctx, clientId) => {
    if (asked.has(ctx)) return false;
    asked.add(ctx);
    return isClientDocument(clientId, settings);
  };
}

/**
 * How the engine reaches out. It brings a dispatcher that hangs up on special-use addresses; without one nothing is fetched, since the
 * engine itself would only print a line and go on.
 */
export function guardedFetch(settings: Settings): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const mapped = settings.documentOrigins.get(url.origin);
    if (mapped === undefined && !(init && 'dispatcher' in init && init.dispatcher)) {
      throw new errors.InvalidClient('the guard against internal addresses is not there');
    }
    await countFetch(url, settings);
    if (mapped !== undefined) {
      const { dispatcher: _guard, ...rest } = (init ?? {}) as RequestInit & {
        dispatcher?: unknown;
      };
      // Put together as text: a path that begins with two slashes, read against a base, names another host.
      return fetch(`${mapped}${url.pathname}${url.search}`, { ...rest, redirect: 'manual' });
    }
    return fetch(url, { ...init, redirect: 'manual' });
  };
}

/** By host, so that we are no weapon against one; and in all, since names of hosts cost nothing (AS-27). */
async function countFetch({ host }: URL, { limits }: Settings): Promise<void> {
  for (const count of [
    await limits.count('clientDocuments', host),
    await limits.countAll('clientDocuments'),
  ]) {
    if (count.kind === 'counted') continue;
    noteWait(count.wait);
    throw new errors.InvalidClient('too many documents were asked for');
  }
}
