import { isDeepStrictEqual } from 'node:util';
import type { McpEndpoint } from '@portcullis/server-adapter';
import fc from 'fast-check';
import { eventsIn, type ModelEvent } from '../model/event-stream-model.js';
import { mayPass, policy } from '../model/policy-model.js';
import { definitions } from '../model/scope-model.js';
import { oneToken, protectedServer, RESOURCE } from '../protected-server.js';
import { LEGACY } from '../revisions.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const names = [...Object.keys(policy.tools), 'hidden', 'toString', '__proto__', ''];
const tool = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: fc.constantFrom(...names) }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const answer = fc.record({
  jsonrpc: fc.constant('2.0'),
  id: fc.constantFrom(1, '1', 2),
  result: fc.oneof(
    { weight: 6, arbitrary: fc.record({ tools: fc.array(tool, { maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ tools: fc.jsonValue({ maxDepth: 1 }) }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  ),
});
/** One JSON value in several spellings, some of them on several lines. */
const json = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: answer }, fc.array(answer, { maxLength: 2 })),
    fc.constantFrom<(value: unknown) => string>(
      (value) => JSON.stringify(value),
      (value) => JSON.stringify(value, undefined, 1),
      (value) => JSON.stringify(value).replace('"tools"', '"t\\u006fols"'),
      (value) => JSON.stringify(value).replace('"result"', ' "r\\u0065sult" '),
      (value) => JSON.stringify(value).slice(0, -1),
    ),
  )
  .map(([value, spelled]) => spelled(value));
const field = fc.constantFrom('data:', 'data: ', 'data:  ');
const line = fc.oneof(
  fc.constantFrom(
    'data',
    'data:',
    'event: message',
    'event:',
    'id: 7',
    'id',
    'id: a\0b',
    'retry: 9',
  ),
  fc.constantFrom(
    ': still here',
    ':',
    'DATA: x',
    ' data: x',
    'datum: x',
    'data : x',
    '\uFEFFdata: x',
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const event = fc
  .tuple(
    fc.array(line, { maxLength: 2 }),
    fc.option(fc.tuple(field, json), { freq: 5 }),
    fc.array(line, { maxLength: 1 }),
  )
  .map(([before, data, after]) => [
    ...before,
    ...(data ? data[1].split('\n').map((part) => data[0] + part) : []),
    ...after,
    '',
  ]);
const stream = fc
  .tuple(
    fc.constantFrom('', '', '\uFEFF', '\uFEFF\uFEFF'),
    fc.array(event, { maxLength: 4 }),
    fc.infiniteStream(fc.constantFrom('\n', '\n', '\r\n', '\r')),
    fc.constantFrom(
      '',
      '',
      'data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"hidden"}]}}',
    ),
  )
  .map(([mark, events, ends, rest]) => {
    const lines = events.flat().map((each) => each + (ends.next().value ?? ''));
    return mark + lines.join('') + rest;
  });
const input = fc.record({
  stream,
  /** Where the stream is cut on its way, in bytes of each piece. */
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
  grants: fc.subarray(Object.keys(definitions)),
});

/** What a client makes of an event: of a list the names, of anything else the text. */
function meaning(
  { data, ...others }: ModelEvent,
  listed: (name: unknown) => boolean,
): readonly unknown[] {
  const about = [others.event, others.id, others.retry];
  if (data === undefined || !isJson(data)) return [...about, data];
  const members = [JSON.parse(data)].flat();
  const lists = members.map((member) => listOf(member));
  if (lists.every((list) => list === undefined)) return [...about, data];
  return [...about, lists.map((list) => list?.filter(listed))];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What comes before a stream ends or breaks off. */
async function readOn({ body }: Response): Promise<{ text: string; broken: boolean }> {
  // The mark at the beginning is for the model to drop.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  try {
    for await (const piece of body ?? []) text += decoder.decode(piece, { stream: true });
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

/** The names in a list of tools. */
function listOf(message: unknown): readonly unknown[] | undefined {
  const { result } = (message ?? {}) as { result?: unknown };
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const { tools } = result as { tools?: unknown };
  if (tools === undefined) return undefined;
  return Array.isArray(tools) ? tools.map((each) => (each as { name?: unknown } | null)?.name) : [];
}

function pieces(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let [at, turn] = [0, 0];
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = cuts[turn % cuts.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      [at, turn] = [at + size, turn + 1];
    },
  });
}

/** Lists in event streams, cut and spelt in any way: what reaches the client is what it may use, and everything else as it was. */
export const streams: Target = {
  name: 'streams',
  cost: 25,
  run(options) {
    const state = oneToken();
    let body: ReadableStream<Uint8Array> | undefined;
    const endpoint: McpEndpoint = async () =>
      new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const handler = protectedServer(state.provider, { lists: 'hide' }).protect(endpoint);
    return runProperty(
      input,
      async (given) => {
        state.scopes = given.grants;
        body = pieces(given.stream, given.cuts);
        const headers = {
          ...{ authorization: `Bearer ${state.token}`, 'content-type': 'application/json' },
          ...{ accept: 'application/json, text/event-stream', 'mcp-protocol-version': LEGACY },
        };
        const asked = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
        const response = await handler(
          new Request(RESOURCE, { method: 'POST', headers, body: asked }),
        );
        const { text: heard, broken } = await readOn(response);
        const may = (name: unknown) =>
          mayPass({ id: 1, method: 'tools/call', params: { name } }, given.grants);
        const sent = eventsIn(given.stream);
        const odd = sent.findIndex(({ data = '' }) => data !== '' && !isJson(data));
        // In what nobody can read a list could hide, so the stream ends there.
        if (broken !== odd >= 0) throw new Error(`${broken ? 'Broke off' : 'Went on'}: ${heard}`);
        const whole = broken ? sent.slice(0, odd) : sent;
        const meant = whole.map((each) => meaning(each, may));
        const got = eventsIn(heard).map((each) => meaning(each, () => true));
        // What came in one piece with it is lost with it.
        const due = broken ? meant.slice(0, got.length) : meant;
        if (!isDeepStrictEqual(got, due))
          throw new Error(`Sent ${JSON.stringify(got)} instead of ${JSON.stringify(due)}.`);
        return got.length > 0;
      },
      options,
    );
  },
};
