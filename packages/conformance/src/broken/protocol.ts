import { messageOf, parseJson } from '../wire/messages.js';
import {
  answering,
  type BrokenServer,
  bodyOf,
  changed,
  damaged,
  lenient,
  promoted,
  tokenOf,
} from './broken-server.js';
import type { SoundOptions } from './sound.js';

const mismatch = (): Response =>
  Response.json(
    { jsonrpc: '2.0', id: 7, error: { code: -32020, message: 'Header mismatch' } },
    { status: 400 },
  );
const isModern = (request: Request): boolean =>
  request.headers.get('mcp-protocol-version') === '2026-07-28';

/** Changes the result of a list. */
const list = (change: (result: Record<string, unknown>, request: Request) => object) =>
  damaged(async (response, request) => {
    const { method } = await bodyOf(request);
    if (method !== 'tools/list' || response.status !== 200) return response;
    const { status, headers } = response;
    const message = messageOf({ status, headers, text: await response.text(), ended: true });
    const result = change((message?.result ?? {}) as Record<string, unknown>, request);
    const body = JSON.stringify({ ...message, result });
    return answering(response, { body, headers: { 'content-type': 'application/json' } });
  });

/** Servers that speak the protocol wrongly. */
export const misheard: readonly BrokenServer[] = [
  {
    breaks: 'answers unknown methods by 200',
    fails: ['RS-76'],
    damage: damaged((response) =>
      response.status === 404 ? answering(response, { status: 200 }) : response,
    ),
  },
  {
    breaks: 'does without Mcp-Name',
    fails: ['RS-70'],
    damage: lenient(async (request) => {
      const { params } = await bodyOf(request);
      const name = (params as { name?: unknown } | undefined)?.name;
      const missing = isModern(request) && !request.headers.has('mcp-name');
      return missing && typeof name === 'string' ? changed(request, { 'mcp-name': name }) : request;
    }),
  },
  {
    breaks: 'compares Mcp-Name as it was encoded',
    fails: ['RS-71'],
    damage: (sound) => async (request) =>
      request.headers.get('mcp-name')?.startsWith('=?base64?') &&
      request.headers.has('authorization')
        ? mismatch()
        : sound(request),
  },
  {
    breaks: 'does not compare Mcp-Param-* with the argument',
    fails: ['RS-73'],
    damage: lenient(async (request) => {
      const { params } = await bodyOf(request);
      const region = JSON.stringify(params ?? {}).includes('"region":"eu"');
      return region ? changed(request, { 'mcp-param-region': 'eu' }) : request;
    }),
  },
  {
    breaks: 'does not compare the version of header and body',
    fails: ['RS-75'],
    damage: lenient(async (request) => {
      const { params } = await bodyOf(request);
      const modern = JSON.stringify(params ?? {}).includes('Version":"2026-07-28"');
      return modern ? changed(request, { 'mcp-protocol-version': '2026-07-28' }) : request;
    }),
  },
  {
    breaks: 'takes any version for the latest it knows',
    era: '2025-11-25',
    fails: ['REV-13'],
    damage: lenient((request) => {
      const version = request.headers.get('mcp-protocol-version');
      const odd = version === '1999-01-01' || version === 'latest-please';
      return odd ? changed(request, { 'mcp-protocol-version': '2025-11-25' }) : request;
    }),
  },
  {
    breaks: 'runs arrays in every revision',
    era: '2025-11-25',
    fails: ['RS-79'],
    damage: lenient(async (request) =>
      (await request.clone().text()).startsWith('[')
        ? changed(request, { 'mcp-protocol-version': '2025-03-26' })
        : request,
    ),
  },
  {
    breaks: 'runs those members of a batch that may run',
    era: '2025-11-25',
    fails: ['ATK-62'],
    damage: (sound) => async (request) => {
      const members = parseJson(await request.clone().text());
      const version = request.headers.get('mcp-protocol-version') ?? '2025-03-26';
      if (!Array.isArray(members) || version !== '2025-03-26') return sound(request);
      const answers = [];
      for (const member of members) {
        const response = await sound(changed(request.clone(), {}, JSON.stringify(member)));
        const { status, headers } = response;
        answers.push(messageOf({ status, headers, text: await response.text(), ended: true }));
      }
      return Response.json(answers);
    },
  },
  {
    breaks: 'lists what its caller has called before',
    fails: ['RS-80'],
    damage: (sound, scene) => {
      let calls = 0;
      const counting = list((result) => ({ ...result, tools: [{ name: `recent-${calls}` }] }));
      const listing = counting(sound, scene);
      return async (request) => {
        const { method } = await bodyOf(request);
        if (method === 'tools/call') calls += 1;
        return listing(request);
      };
    },
  },
  {
    breaks: 'does not say how long a list holds',
    fails: ['RS-81'],
    damage: list((result, request) => {
      const { ttlMs: _, ...rest } = result;
      return isModern(request) ? rest : result;
    }),
  },
  {
    breaks: 'calls a filtered list public',
    fails: ['RS-82'],
    damage: (sound, scene) => async (request) => {
      const wide = String(tokenOf(request)?.claims.scope).length > 40;
      const filtered = list((result) => ({
        ...result,
        ...(wide ? {} : { tools: [] }),
        ...('cacheScope' in result ? { cacheScope: 'public' } : {}),
      }));
      return filtered(sound, scene)(request);
    },
  },
  {
    breaks: 'allows origins by their beginning',
    fails: ['RS-100'],
    damage: lenient((request) => {
      const origin = request.headers.get('origin') ?? '';
      const alike = /^http:\/\/(localhost|127\.0\.0\.1)[.@:]\D*evil/.test(origin);
      return alike ? changed(request, { origin: undefined }) : request;
    }),
  },
  {
    breaks: 'does not look at Origin',
    fails: ['RS-100', 'RS-77'],
    damage: lenient((request) => {
      const foreign = request.headers.get('origin') !== 'http://127.0.0.1:4321';
      return foreign ? changed(request, { origin: undefined }) : request;
    }),
  },
  {
    breaks: 'does not look at Host',
    fails: ['CF-06'],
    damage: lenient((request) => changed(request, { host: '127.0.0.1:4321' })),
  },
  {
    breaks: 'asks a preflight request for a token',
    fails: ['RS-36'],
    damage: (sound) => async (request) =>
      request.method === 'OPTIONS' ? new Response(null, { status: 401 }) : sound(request),
  },
  {
    breaks: 'hides its challenge from pages',
    fails: ['RS-36'],
    damage: damaged((response) =>
      answering(response, { headers: { 'access-control-expose-headers': 'Mcp-Session-Id' } }),
    ),
  },
  {
    breaks: 'parses before it asks for a token',
    fails: ['RS-77'],
    damage: (sound) => async (request) => {
      const broken = parseJson(await request.clone().text()) === undefined;
      return request.method === 'POST' && broken && !request.headers.has('authorization')
        ? new Response(null, { status: 400 })
        : sound(request);
    },
  },
  {
    breaks: 'reads bodies of any size',
    era: '2025-11-25',
    fails: ['ATK-91'],
    base: (): SoundOptions => ({ options: { maxBodyBytes: 100_000_000 } }),
  },
  {
    breaks: 'mints session ids for requests of 2026-07-28',
    fails: ['RS-106'],
    damage: damaged((response, request) =>
      isModern(request) && response.status === 200
        ? answering(response, { headers: { 'mcp-session-id': crypto.randomUUID() } })
        : response,
    ),
  },
  {
    breaks: 'keeps a stream open when its token has ended',
    fails: ['RS-86'],
    damage: lenient(async (request, scene) => {
      const { method } = await bodyOf(request);
      const exp = Math.floor(Date.now() / 1000) + 60;
      return method === 'subscriptions/listen' ? promoted(request, scene, { exp }) : request;
    }),
  },
];
