import { answering, type BrokenServer, bodyOf, damaged, tokenOf } from './broken-server.js';
import type { SoundOptions } from './sound.js';

/** Changes `WWW-Authenticate` where there is one. */
const challenge = (
  change: (value: string, request: Request, status: number) => string | undefined,
) =>
  damaged((response, request) => {
    const value = response.headers.get('www-authenticate');
    if (value === null) return response;
    const said = change(value, request, response.status);
    return answering(response, { headers: { 'www-authenticate': said } });
  });

const without = (name: string) => (value: string) =>
  value.replace(new RegExp(`,? ?${name}="[^"]*"`), '').replace('Bearer,', 'Bearer');

/** Servers that refuse in the wrong words. */
export const misspoken: readonly BrokenServer[] = [
  {
    breaks: 'sends 401 without a challenge',
    fails: ['RS-20', 'RS-22', 'RS-23', 'RS-24', 'RS-27'],
    damage: challenge(() => undefined),
  },
  {
    breaks: 'answers what is no token by 400',
    fails: ['ATK-47', 'RS-20'],
    damage: damaged((response, request) => {
      const token = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
      const readable = token === undefined || tokenOf(request) !== undefined;
      return readable || response.status !== 401 ? response : answering(response, { status: 400 });
    }),
  },
  {
    breaks: 'links its metadata by a path',
    fails: ['RS-22'],
    damage: challenge((value) =>
      value.replace(/resource_metadata="https?:\/\/[^/]+/, 'resource_metadata="'),
    ),
  },
  {
    breaks: 'does not say which scopes to ask for first',
    fails: ['RS-23'],
    base: (): SoundOptions => ({ options: { baseline: [] } }),
  },
  {
    breaks: 'calls a missing token invalid',
    fails: ['RS-24', 'RS-43'],
    damage: challenge((value) =>
      value.includes('error=') ? value : value.replace('Bearer ', 'Bearer error="invalid_token", '),
    ),
  },
  {
    breaks: 'does not say that a token is invalid',
    fails: ['RS-24'],
    damage: challenge((value, _, status) => (status === 401 ? without('error')(value) : value)),
  },
  {
    breaks: 'puts quotes into its error_description',
    fails: ['RS-31'],
    damage: challenge((value) =>
      value.replace(
        /error_description="[^"]*"/,
        String.raw`error_description="unexpected \"aud\""`,
      ),
    ),
  },
  {
    breaks: 'names its scopes twice',
    fails: ['RS-31'],
    damage: challenge((value) => `${value}, scope="mcp:tools:weather"`),
  },
  {
    breaks: 'says what its verifier said',
    fails: ['ATK-88'],
    damage: challenge((value, request) => {
      const kid = String(tokenOf(request)?.header.kid ?? '').replace(/[^\w-]/g, '');
      return value.replace('error_description="', `error_description="No key ${kid}. `);
    }),
  },
  {
    breaks: 'refuses with a JSON-RPC code of its own',
    fails: ['RS-33'],
    damage: damaged((response) => {
      const body = '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Unauthorized"}}';
      return response.status === 401 ? answering(response, { body }) : response;
    }),
  },
  {
    breaks: 'tells of missing scopes in a tool result',
    fails: ['RS-27'],
    damage: damaged(async (response, request) => {
      const { id } = await bodyOf(request);
      const result = { isError: true, content: [{ type: 'text', text: 'insufficient scope' }] };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 7, result });
      return id !== undefined && response.status === 403 && response.headers.has('www-authenticate')
        ? answering(response, { status: 200, body })
        : response;
    }),
  },
  {
    breaks: 'names one missing scope after the other',
    fails: ['RS-28'],
    damage: damaged(async (response, request) => {
      if (response.status !== 403) return response;
      const held = String(tokenOf(request)?.claims.scope).split(' ');
      const said = response.headers
        .get('www-authenticate')
        ?.replace(/ scope="([^"]*)"/, (_, list: string) => {
          const names = list.split(' ');
          const isNew = names.find((name) => !held.includes(name)) ?? '';
          const echoed = names.filter((name) => held.includes(name));
          return ` scope="${[...echoed, isNew].join(' ')}"`;
        });
      return answering(response, { headers: { 'www-authenticate': said } });
    }),
  },
  {
    breaks: 'asks clients of 2026-07-28 for what they hold',
    fails: ['RS-29'],
    damage: damaged(async (response, request) => {
      const { params } = await bodyOf(request);
      const modern = JSON.stringify(params ?? {}).includes('2026-07-28');
      if (response.status !== 403 || !modern) return response;
      const held = String(tokenOf(request)?.claims.scope ?? '');
      const said = response.headers
        .get('www-authenticate')
        ?.replace(' scope="', ` scope="${held === '' ? '' : `${held} `}`);
      return answering(response, { headers: { 'www-authenticate': said } });
    }),
  },
];
