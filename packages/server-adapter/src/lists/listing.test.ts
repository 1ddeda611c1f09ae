import { createGate, defineScopes, type Principal } from '@portcullis/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { rewrittenJson } from '../answer/rewritten.js';
import type { JsonObject } from '../message/json-rpc.js';
import { compilePolicy } from '../policy/compiled-policy.js';
import { needsByInput, type ScopePolicy } from '../policy/scope-policy.js';
import { createSeals } from '../seal/seals.js';
import { createCursors } from '../state/cursors.js';
import { completionRewriting } from './completions.js';
import { createListing } from './listing.js';

const scopes = defineScopes({
  'mcp:tools:a': { description: 'A.' },
  'mcp:tools:b': { description: 'B.' },
  'mcp:resources:box:read': { description: 'Read a box.' },
  'mcp:resources:box:secret': { description: 'Read a secret.' },
});
type S = (typeof scopes)['names'][number];
const now = 1_800_000_000;
const clock = () => now * 1000;

const principal = (...granted: string[]): Principal => ({
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example.com', subject: 'ada' },
  ...{ clientId: 'cli', tokenId: 't1', scopes: granted, expiresAt: now + 60, claims: {} },
});

function setUp(policy: ScopePolicy<S>, scopePrefix?: string) {
  const gate = createGate({
    resource: 'https://mcp.example.com/mcp',
    scopes,
    provider: {
      specificationVersion: 'v1',
      id: 'none',
      authorizationServers: ['https://issuer.example.com'],
      verify: () => Promise.reject(new Error('never')),
      ...(scopePrefix ? { scopePrefix } : {}),
    },
  });
  const compiled = compilePolicy(policy, scopes);
  const cursors = createCursors(createSeals({ resource: gate.resource }), 'hide', clock);
  const listing = createListing<S>({ gate, policy: compiled, lists: 'hide', cursors, clock });
  const list = async (method: string, result: JsonObject, who = principal(), modern = false) => {
    const operation = { method, params: {}, id: 1 };
    const [rewriting] = listing.rewritings([operation], who, modern ? 'modern' : 'legacy');
    return rewriting?.rewrite(operation, result);
  };
  const complete = (params: JsonObject, values: unknown, who = principal(), hints = {}) => {
    const operation = { method: 'completion/complete', params, id: 1 };
    const rewriting = completionRewriting({ gate, policy: compiled, clock }, operation, who);
    return rewriting?.rewrite(operation, { completion: { values, total: 9, ...hints } });
  };
  return { listing, list, complete };
}

const named = (...names: string[]) => ({ tools: names.map((name) => ({ name })) });
const free = { 'portcullis/scopes': { required: [], granted: [], missing: [] } };

it('needs no HTTP, seals the cursor and leaves the rest of an answer alone', async () => {
  const { list } = setUp({ tools: { a: ['mcp:tools:a'], free: [] } });
  expect(await list('tools/list', { ...named('free', 'a'), nextCursor: 'x', other: 1 })).toEqual({
    tools: [{ name: 'free', _meta: free }],
    nextCursor: expect.stringMatching(/^[A-Za-z0-9_-]{40,}$/),
    other: 1,
  });
  // No cursor, so it cannot be brought back either.
  expect(await list('tools/list', { tools: [], nextCursor: 5 })).toEqual({
    ...{ tools: [], nextCursor: 5 },
  });
  expect(await list('tools/call', {})).toBeUndefined();
});

it('names scopes as a client has to ask for them', async () => {
  const { list } = setUp({ tools: { both: ['mcp:tools:a', 'mcp:tools:b'] } }, 'api/');
  const all = principal('mcp:tools:a', 'mcp:tools:b');
  expect(await list('tools/list', named('both'), all)).toEqual({
    tools: [
      {
        name: 'both',
        _meta: {
          'portcullis/scopes': {
            required: ['api/mcp:tools:a', 'api/mcp:tools:b'],
            granted: ['api/mcp:tools:a', 'api/mcp:tools:b'],
            missing: [],
          },
        },
      },
    ],
  });
});

it('lists nothing that is no item, and lets a wrong list be an empty one (RS-82)', async () => {
  const { list } = setUp({ tools: { free: [] } });
  const odd = [null, 'free', ['free'], {}, { name: ['free'] }, { name: 'free ' }, { name: 'Free' }];
  expect(await list('tools/list', { tools: odd })).toEqual({ tools: [] });
  expect(await list('tools/list', { tools: { free: { name: 'free' } } })).toEqual({ tools: [] });
  expect(await list('tools/list', { resultType: 'other' })).toEqual({ resultType: 'other' });
  expect(await list('tools/list', named('constructor', '__proto__'))).toEqual({ tools: [] });
});

it('gives hints that a client may rely on, whatever the server gave (RS-81, RS-82)', async () => {
  const { list } = setUp({});
  for (const [ttlMs, expected] of [
    [1000, 1000],
    [86_400_000, 60_000],
    [-1, 0],
    ['1000', 0],
    [undefined, 0],
    [0.5, 0],
  ] as const) {
    const given = { tools: [], cacheScope: 'public', ttlMs };
    expect(await list('tools/list', given, principal(), true)).toEqual({
      tools: [],
      cacheScope: 'private',
      ttlMs: expected,
    });
  }
});

it('counts what the method of use needs as well, and not what is only reported on', async () => {
  const { list } = setUp({
    tools: { free: [], tried: { needs: ['mcp:tools:b'], enforce: 'report' } },
    resources: { 'box://{id}': { needs: ['mcp:resources:box:read'], enforce: 'report' } },
    methods: { 'tools/call': ['mcp:tools:a'] },
  });
  expect(await list('tools/list', named('free', 'tried'))).toEqual({ tools: [] });
  const { tools } =
    (await list('tools/list', named('free', 'tried'), principal('mcp:tools:a'))) ?? {};
  expect(tools).toMatchObject([{ name: 'free' }, { name: 'tried' }]);
  const { resources } = (await list('resources/list', { resources: [{ uri: 'box://1' }] })) ?? {};
  expect(resources).toMatchObject([{ uri: 'box://1' }]);
});

it('lists for a client that acts for itself nothing that takes a person to sign in', async () => {
  const { list } = setUp({
    tools: { free: [], fresh: { needs: [], maxAge: 60 } },
    resources: {
      'box://{id}': [],
      'box://strong/{id}': { needs: [], acr: ['mfa'] },
      'box://tried': { needs: [], acr: ['mfa'], enforce: 'report' },
    },
    prompts: { p: [] },
    methods: { 'prompts/get': { needs: [], maxAge: 60 } },
  });
  const robot = { ...principal(), actor: 'client' } as const;
  const named = async (method: string, member: string, items: object[], who: Principal) => {
    const { [member]: left } = (await list(method, { [member]: items }, who)) ?? {};
    return (left as object[]).length;
  };
  const lists = [
    ['tools/list', 'tools', [{ name: 'free' }, { name: 'fresh' }], 1],
    ['resources/list', 'resources', [{ uri: 'box://strong/1' }, { uri: 'box://tried' }], 1],
    ['resources/templates/list', 'resourceTemplates', [{ uriTemplate: 'box://strong/{id}' }], 0],
    ['prompts/list', 'prompts', [{ name: 'p' }], 0],
  ] as const;
  for (const [method, member, items, left] of lists) {
    expect([method, await named(method, member, [...items], robot)]).toEqual([method, left]);
    // A person can sign in again.
    expect(await named(method, member, [...items], principal())).toBe(items.length);
    const signedIn = { ...robot, acr: 'mfa', authenticatedAt: 1_800_000_000 };
    expect(await named(method, member, [...items], signedIn)).toBe(items.length);
  }
});

it('lists what no input can need a scope for, or what is only reported on', async () => {
  const input = z.object({ id: z.string() });
  const open = needsByInput<S, typeof input, never>({ input, possible: [], of: () => [] });
  const reported = { needs: ['mcp:resources:box:secret'], enforce: 'report' } as const;
  const { list } = setUp({
    tools: { open },
    resources: { 'box://{id}': open, 'tried://{id}': reported },
  });
  expect(await list('tools/list', named('open'))).toMatchObject({ tools: [{ name: 'open' }] });
  // One of several ways into a template, none of which leads to all of it.
  const resourceTemplates = ['box://{+path}', 'tried://{+path}'].map((uriTemplate) => ({
    uriTemplate,
  }));
  expect(await list('resources/templates/list', { resourceTemplates })).toMatchObject({
    resourceTemplates,
  });
});

const byInput: ScopePolicy<S> = {
  resources: {
    'box://{room}/{id}': needsByInput({
      input: z.object({ room: z.enum(['hall', 'vault']), id: z.string() }),
      possible: ['mcp:resources:box:read', 'mcp:resources:box:secret'],
      of: ({ room }) => [
        room === 'vault'
          ? ('mcp:resources:box:secret' as const)
          : ('mcp:resources:box:read' as const),
      ],
    }),
  },
};

it('knows the needs of a resource from its URI, and of a template what they could be', async () => {
  const { list } = setUp(byInput);
  const reader = principal('mcp:resources:box:read');
  const uris = ['box://hall/1', 'box://vault/1', 'box://attic/1', 'box://hall'];
  const listed = await list('resources/list', { resources: uris.map((uri) => ({ uri })) }, reader);
  expect(listed?.resources).toMatchObject([{ uri: 'box://hall/1' }]);
  const long = `box://${'x'.repeat(2048)}/{id}`;
  const resourceTemplates = ['box://{room}/{id}', 'box://{id}', '{', 'box://vault/{id}', long].map(
    (uriTemplate) => ({ uriTemplate }),
  );
  const templates = await list('resources/templates/list', { resourceTemplates }, reader);
  expect(templates?.resourceTemplates).toMatchObject([
    { uriTemplate: 'box://{room}/{id}' },
    { uriTemplate: 'box://vault/{id}' },
  ]);
  expect(await list('resources/templates/list', { resourceTemplates })).toEqual({
    resourceTemplates: [],
  });
});

it('filters answers that are sent again, whichever request they were due to (RS-107)', async () => {
  const { listing } = setUp({ tools: { a: ['mcp:tools:a'] }, prompts: { p: [] } });
  const again = listing.rewritings([], principal(), 'legacy', true);
  const text = (result: object) => JSON.stringify({ jsonrpc: '2.0', id: 3, result });
  expect(JSON.parse(await rewrittenJson(text(named('a')), again))).toEqual({
    ...{ jsonrpc: '2.0', id: 3, result: { tools: [] } },
  });
  const prompts = { prompts: [{ name: 'p' }, { name: 'q' }] };
  expect(JSON.parse(await rewrittenJson(text(prompts), again)).result).toEqual({
    prompts: [{ name: 'p', _meta: free }],
  });
  const other = text({ content: [{ type: 'text', text: '"tools":[]' }] });
  expect(await rewrittenJson(other, again)).toBe(other);
});

it('completes a template only to what leads somewhere for the caller (ATK-64)', async () => {
  const policy: ScopePolicy<S> = {
    resources: {
      'box://hall/{id}': [],
      'box://vault/{id}': ['mcp:resources:box:secret'],
      'box://hall/locked': ['mcp:resources:box:secret'],
      'all://{+path}': [],
      'all://mine/{id}': { needs: [], rule: (_who, input) => (input as { id: string }).id === '1' },
    },
  };
  const { complete } = setUp(policy);
  const ref = (uri: string, name: string, known?: object) => ({
    ref: { type: 'ref/resource', uri },
    argument: { name, value: '' },
    ...(known ? { context: { arguments: known } } : {}),
  });
  const rooms = ref('box://{room}/{id}', 'room');
  const kept = (values: string[]) => ({ completion: { values, total: values.length } });
  expect(await complete(rooms, ['hall', 'vault', 'attic'])).toEqual(kept(['hall']));
  const opener = principal('mcp:resources:box:secret');
  expect(await complete(rooms, ['hall', 'vault'], opener)).toEqual(kept(['hall', 'vault']));
  const ids = ref('box://{room}/{id}', 'id', { room: 'hall' });
  expect(await complete(ids, ['1', 'locked', '%6cocked', '../vault/1', '\ud800', '{x}'])).toEqual(
    kept(['1']),
  );
  expect(await complete(ids, ['1', 7, null, 'x'.repeat(3000)])).toEqual(kept(['1']));
  // The rule has its say where a value makes a whole URI.
  expect(await complete(ref('all://mine/{id}', 'id'), ['1', '2'])).toEqual(kept(['1']));
  // No place for the value, so nobody can tell what it names.
  expect(await complete(ref('box://{a,b}', 'b'), ['hall'])).toEqual(kept([]));
  expect(await complete(ref('box://{room}/{id}', 'other'), ['hall'])).toEqual(kept([]));
  const claimed = ref('box://{room}/{id}', 'other', { other: 'x', room: 'hall' });
  expect(await complete(claimed, ['hall'])).toEqual(kept([]));
  const again = ref('box://{room}/{id}', 'id', { id: 'x', room: 'hall' });
  expect(await complete(again, ['1', 'locked'])).toEqual(kept(['1']));
  expect(await complete(rooms, 'hall')).toEqual(kept([]));
  expect(complete({ ref: { type: 'ref/prompt', name: 'p' } }, ['x'])).toBeUndefined();
});

it('completes to as little where all is left out as where there is nothing (ATK-64)', async () => {
  const { complete } = setUp({ resources: { 'box://{id}': ['mcp:resources:box:secret'] } });
  const params = { ref: { type: 'ref/resource', uri: 'box://{id}' }, argument: { name: 'id' } };
  const asked = (values: unknown, hints: object, ...scopes: S[]) =>
    complete(params, values, principal(...scopes), hints);
  const nothing = { completion: { values: [], total: 0, hasMore: false } };
  expect(await asked([], { total: 0, hasMore: false })).toEqual(nothing);
  expect(await asked(['1'], { total: 1, hasMore: false })).toEqual(nothing);
  expect(await asked(['1'], { total: 250, hasMore: true })).toEqual(nothing);
  expect(await asked(['1'], { total: undefined })).toEqual({ completion: { values: [] } });
  const opener = 'mcp:resources:box:secret';
  expect(await asked(['1'], { total: 250, hasMore: true }, opener)).toEqual({
    completion: { values: ['1'], hasMore: true },
  });
  expect(await asked(['1', 7], { total: 250, hasMore: true }, opener)).toEqual({
    completion: { values: ['1'], total: 1, hasMore: false },
  });
});
