import type { JsonObject } from '../wire/messages.js';
import {
  answering,
  type BrokenServer,
  bodyOf,
  changed,
  lenient,
  promoted,
  tokenOf,
} from './broken-server.js';
import type { Handler } from './in-process.js';
import { stateful } from './sound.js';

const idOf = (message: { readonly headers: Headers }): string | undefined =>
  message.headers.get('mcp-session-id') ?? undefined;

const isOwner = (request: Request): boolean => {
  const { sub, client_id } = tokenOf(request)?.claims ?? {};
  return /^conformance-\w{8}$/.test(String(sub)) && client_id === 'conformance-client-1';
};

/** Remembers what a session began with. */
function remembering(sound: Handler, remember: (id: string, request: Request) => void): Handler {
  return async (request) => {
    const { method } = await bodyOf(request);
    const kept = request.clone();
    const response = await sound(request);
    const id = idOf(response);
    if (method === 'initialize' && id !== undefined) remember(id, kept);
    return response;
  };
}

/** Servers whose sessions of the 2025 revisions are not safe. */
export const hijacked: readonly BrokenServer[] = [
  {
    breaks: 'counts its sessions',
    era: '2025-11-25',
    fails: ['RS-104'],
    base: stateful,
    damage: (sound) => {
      const real = new Map<string, string>();
      return async (request) => {
        const given = idOf(request);
        const inner = given === undefined ? undefined : (real.get(given) ?? given);
        const response = await sound(changed(request, { 'mcp-session-id': inner }));
        const minted = idOf(response);
        if (minted === undefined) return response;
        const shown =
          [...real].find(([, id]) => id === minted)?.[0] ??
          `session-number-000000000000${real.size + 1}`;
        real.set(shown, minted);
        return answering(response, { headers: { 'mcp-session-id': shown } });
      };
    },
  },
  {
    breaks: 'verifies the token of a session only once',
    era: '2025-11-25',
    fails: ['ATK-46', 'RS-103', 'RS-37', 'RS-54'],
    base: stateful,
    damage: (sound, scene) =>
      lenient((request) => {
        const expired = Number(tokenOf(request)?.claims.exp) < Date.now() / 1000;
        const exp = Math.floor(Date.now() / 1000) + 60;
        return idOf(request) && expired ? promoted(request, scene, { exp }) : request;
      })(sound, scene),
  },
  {
    breaks: 'takes whoever knows a session for its owner',
    era: '2025-11-25',
    fails: ['ATK-80'],
    base: stateful,
    damage(sound, scene) {
      const owners = new Map<string, JsonObject>();
      const inner = remembering(sound, (id, request) => {
        const { sub, client_id } = tokenOf(request)?.claims ?? {};
        owners.set(id, { sub, client_id });
      });
      return async (request) => {
        const owner = owners.get(idOf(request) ?? '');
        const foreign =
          owner !== undefined && /^conformance-/.test(String(tokenOf(request)?.claims.sub));
        const trusted = foreign && tokenOf(request)?.claims.sub !== owner.sub;
        return inner(trusted ? await promoted(request, scene, owner) : request);
      };
    },
  },
  {
    breaks: 'answers a missing session id by 404',
    era: '2025-11-25',
    fails: ['RS-105'],
    base: stateful,
    damage: (sound) => async (request) => {
      const { method, params } = await bodyOf(request);
      const modern = JSON.stringify(params ?? {}).includes('2026-07-28');
      const missing = !modern && method !== 'initialize' && idOf(request) === undefined;
      const response = await sound(request);
      return missing &&
        response.status === 400 &&
        request.headers.get('mcp-protocol-version') === '2025-11-25'
        ? answering(response, { status: 404 })
        : response;
    },
  },
  {
    breaks: 'keeps a session that was ended',
    era: '2025-11-25',
    fails: ['RS-105'],
    base: stateful,
    damage: (sound) => async (request) =>
      request.method === 'DELETE' && idOf(request) && isOwner(request)
        ? new Response(null, { status: 204 })
        : sound(request),
  },
];
