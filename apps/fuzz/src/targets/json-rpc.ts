import type { McpEndpoint } from '@portcullis/server-adapter';
import fc from 'fast-check';
import { mayPass, policy } from '../model/policy-model.js';
import { definitions } from '../model/scope-model.js';
import { oneToken, protectedServer, RESOURCE } from '../protected-server.js';
import { envelope, MODERN } from '../revisions.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const methods = [
  ...['tools/call', 'prompts/get', 'resources/read', 'resources/subscribe', 'completion/complete'],
  ...['subscriptions/listen', 'tools/list', 'prompts/list', 'initialize', 'ping', 'tasks/get'],
  ...['notifications/initialized', 'admin/drop', 'tools/Call', 'tools/call ', 'constructor', ''],
];
const names = [
  ...Object.keys(policy.tools),
  'brief',
  'Weather',
  'weather ',
  'toString',
  '__proto__',
  '',
];
const uris = [
  ...[
    'notes://box/1',
    'notes://box/secret',
    'notes://box/%73ecret',
    'NOTES://box/secret',
    'notes://box/',
  ],
  ...[
    'notes://box/a/../secret',
    'notes://box/./secret',
    'notes://BOX/secret',
    'notes://box/secret/',
  ],
  ...[
    'notes://shelf/a/b',
    'notes://shelf/../box/secret',
    'notes://box/secret?x',
    'notes://box/secret#x',
  ],
  ...['notes:box/secret', ' notes://box/secret', 'notes://box/se\tcret', 'notes://x@box/secret'],
];
const anything = fc.jsonValue({ maxDepth: 3 });
const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...names) },
  fc.string({ maxLength: 8 }),
  anything,
);
const uri = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...uris) }, fc.webUrl(), anything);
const params = fc.oneof(
  fc.record({ name, arguments: anything }, { requiredKeys: [] }),
  fc.record({ uri }),
  fc.record({
    ref: fc.oneof(
      fc.record({ type: fc.constant('ref/prompt'), name }),
      fc.record({ type: fc.constant('ref/resource'), uri }),
    ),
  }),
  fc.record({
    notifications: fc.record({
      resourceSubscriptions: fc.oneof(fc.array(uri, { maxLength: 3 }), anything),
    }),
  }),
  fc.record({ name, uri }),
  anything,
);
const id = fc.oneof(fc.constantFrom(1, 'a', 0, null, 1.5, true), fc.integer());
const message = fc
  .record(
    {
      jsonrpc: fc.oneof({ weight: 20, arbitrary: fc.constant('2.0') }, fc.constantFrom('1.0', 2)),
      id,
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...methods) },
        fc.string({ maxLength: 12 }),
      ),
      params,
      result: anything,
    },
    { requiredKeys: ['jsonrpc', 'method'] },
  )
  // An answer beside a method is refused for its form alone; now and then is enough.
  .chain((whole) => {
    const { result, ...rest } = whole;
    return fc.oneof({ weight: 9, arbitrary: fc.constant(rest) }, fc.constant({ ...rest, result }));
  });

const known = fc.constantFrom(...uris);
/** Messages in order, so that it is their needs that decide. */
const fitting = fc
  .oneof(
    fc.record({
      method: fc.constant('tools/call'),
      params: fc.record({ name: fc.constantFrom(...Object.keys(policy.tools)) }),
    }),
    fc.record({
      method: fc.constantFrom('resources/read', 'resources/subscribe'),
      params: fc.record({ uri: known }),
    }),
    fc.record({
      method: fc.constant('completion/complete'),
      params: fc.record({
        ref: fc.oneof(
          fc.constant({ type: 'ref/prompt', name: 'brief' }),
          fc.record({ type: fc.constant('ref/resource'), uri: known }),
        ),
        argument: fc.constant({ name: 'x', value: '' }),
      }),
    }),
    fc.record({
      method: fc.constant('subscriptions/listen'),
      params: fc.record({
        notifications: fc.record({ resourceSubscriptions: fc.array(known, { maxLength: 3 }) }),
      }),
    }),
  )
  .map((message) => ({ jsonrpc: '2.0', id: 1, ...message }));

/** How a body is written: as it is, or so that two readers could each see another half. */
const spelling = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text,
  (text) => text,
  (text) => `\uFEFF${text}`,
  (text) => text.replace(/"name":/, '"name":"whoami","name":'),
  (text) => text.replace(/"name":/, '"name":"whoami","n\\u0061me":'),
  (text) => text.replace(/"method":/, '"method":"ping","method":'),
  (text) => text.replace(/\}$/, ',"method":"ping"}'),
  (text) => text.replace(/"params":\{/, '"params":{"__proto__":{"name":"whoami"},'),
  (text) => text.slice(0, -1),
  (text) => `[${text}]`,
  (text) => `${text}\n${text}`,
);

const header = fc.oneof(
  fc.constantFrom(...names, ...methods.slice(0, 4), '=?base64?d2VhdGhlcg==?='),
  fc.string({ maxLength: 6 }),
);
const input = fc.record({
  body: fc.oneof(
    { weight: 6, arbitrary: message },
    { weight: 4, arbitrary: fitting },
    fc.array(fc.oneof(message, fitting), { maxLength: 3 }),
    anything,
  ),
  spelling,
  modern: fc.boolean(),
  honest: fc.boolean(),
  version: fc.constantFrom(
    undefined,
    '2025-11-25',
    '2025-06-18',
    '2025-03-26',
    MODERN,
    '2099-01-01',
    'x',
  ),
  methodHeader: fc.option(header),
  nameHeader: fc.option(header),
  grants: fc.subarray([
    ...Object.keys(definitions),
    'mcp:*',
    'mcp:*:pay',
    'mcp:tools',
    '*',
    'openid',
  ]),
});

/** A request with whatever headers it can carry. */
function requestFor(
  {
    body,
    spelling: write,
    modern,
    honest,
    version,
    methodHeader,
    nameHeader,
  }: InputOf<typeof input>,
  token: string,
): Request {
  const headers = new Headers({
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  });
  const set = (header: string, value: unknown) => {
    // What no header can hold, no client can send.
    if (typeof value === 'string' && /^[\x21-\x7e\x80-\xff]*$/.test(value))
      headers.set(header, value);
  };
  const single =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  const own =
    typeof single?.params === 'object' && single.params !== null
      ? (single.params as Record<string, unknown>)
      : {};
  const sent = modern && single ? { ...single, params: { ...own, _meta: envelope } } : body;
  if (modern && honest) {
    set('mcp-protocol-version', MODERN);
    set('mcp-method', single?.method);
    set('mcp-name', own.name ?? own.uri);
  } else {
    set('mcp-protocol-version', version);
    set('mcp-method', methodHeader);
    set('mcp-name', nameHeader);
  }
  return new Request(RESOURCE, {
    method: 'POST',
    headers,
    body: write(JSON.stringify(sent) ?? ''),
  });
}

type InputOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** JSON-RPC bodies and their headers: what gets through must be covered, whatever it looks like. */
export const jsonRpc: Target = {
  name: 'json-rpc',
  cost: 6,
  run(options) {
    const state = oneToken();
    const dispatched: unknown[] = [];
    const endpoint: McpEndpoint = async (_request, { parsedBody }) => {
      dispatched.push(parsedBody);
      const { id: asked = null } = (parsedBody ?? {}) as { id?: unknown };
      return Response.json({ jsonrpc: '2.0', id: asked, result: {} });
    };
    const handler = protectedServer(state.provider).protect(endpoint);
    return runProperty(
      input,
      async (given) => {
        dispatched.length = 0;
        state.scopes = given.grants;
        const response = await handler(requestFor(given, state.token));
        await response.arrayBuffer();
        if (response.status >= 500) throw new Error(`Answered ${response.status}.`);
        if (!dispatched.every((body) => mayPass(body, given.grants))) {
          throw new Error(
            `Let through ${JSON.stringify(dispatched)} with ${given.grants.join(' ') || 'nothing'}.`,
          );
        }
        return dispatched.length > 0;
      },
      options,
    );
  },
};
