import { expect, it } from 'vitest';
import {
  type Rewrite,
  type Rewriting,
  rewritable,
  rewrittenBody,
  rewrittenEvents,
  rewrittenJson,
} from './rewritten.js';

const shouted: Rewrite = ({ method }, result) => ({ ...result, by: method.toUpperCase() });
const rewriting = (id: number | string, method: string, marker?: string): Rewriting => ({
  operation: { method, params: {}, id },
  rewrite: shouted,
  ...(marker ? { marker } : {}),
});

it('rewrites the results that answer an operation, alone or in a batch', async () => {
  const list = [rewriting(1, 'tools/list'), rewriting(2, 'prompts/list')];
  expect(await rewrittenJson('{"jsonrpc":"2.0","id":1,"result":{"a":1}}', list)).toBe(
    '{"jsonrpc":"2.0","id":1,"result":{"a":1,"by":"TOOLS/LIST"}}',
  );
  const batch = '[{"id":2,"result":{}},{"id":1,"result":{}},{"id":1,"error":{}},7]';
  expect(await rewrittenJson(batch, list)).toBe(
    '[{"id":2,"result":{"by":"PROMPTS/LIST"}},{"id":1,"result":{"by":"TOOLS/LIST"}},{"id":1,"error":{}},7]',
  );
});

const member =
  (name: string): Rewrite =>
  (_operation, result) =>
    name in result ? { ...result, [name]: [] } : result;

it('takes every operation of an id for the one that was answered', async () => {
  const twice = [
    { ...rewriting(1, 'tools/list'), rewrite: member('tools') },
    { ...rewriting(1, 'prompts/list'), rewrite: member('prompts') },
  ];
  for (const name of ['tools', 'prompts']) {
    expect(await rewrittenJson(`{"id":1,"result":{"${name}":[1]}}`, twice)).toBe(
      `{"id":1,"result":{"${name}":[]}}`,
    );
  }
});

it('takes an answer of a strange id for that of any operation, as a client might (RS-82)', async () => {
  const one = [{ ...rewriting(1, 'tools/list'), rewrite: member('tools') }];
  for (const id of ['"1"', '2', 'null', '1.5', '[1]']) {
    expect(await rewrittenJson(`{"id":${id},"result":{"tools":[1]}}`, one)).toBe(
      `{"id":${id},"result":{"tools":[]}}`,
    );
  }
  expect(await rewrittenJson('{"result":{"tools":[1]}}', one)).toBe('{"result":{"tools":[]}}');
});

it('does not parse what holds nothing to rewrite', async () => {
  const text = '{"id":1 , "result":{"a":1.0}}';
  const marked = [rewriting(1, 'tools/call', '"requestState"')];
  expect(await rewrittenJson(text, marked)).toBe(text);
  const bytes = new TextEncoder().encode(text);
  expect(await rewrittenBody(bytes, marked)).toBe(text);
  expect(await rewrittenBody(bytes, [])).toBe(text);
  expect(await rewrittenJson('{"id":1,"result":{"requestState":"s"}}', marked)).toContain('by');
});

it('keeps the bytes of a body that its text would not give back', async () => {
  const marked = [rewriting(1, 'tools/call', '"requestState"')];
  for (const odd of [
    [0x1f, 0x8b, 0x08, 0x00],
    [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
  ]) {
    const bytes = new Uint8Array(odd);
    expect(await rewrittenBody(bytes, marked)).toBe(bytes);
    expect(await rewrittenBody(bytes, [])).toBe(bytes);
  }
});

it('rewrites one event of a stream and leaves the others as they came', async () => {
  const body = new Response(
    'id: 1\ndata:\n\nevent: message\ndata: {"method":"notifications/progress", "params":{}}\n\nid: 2\nevent: message\ndata: {"id":1,"result":{}}\n\n',
  ).body as ReadableStream<Uint8Array>;
  const changed = rewrittenEvents(body, [rewriting(1, 'tools/list')]);
  expect(await new Response(changed).text()).toBe(
    'id: 1\ndata:\n\nevent: message\ndata: {"method":"notifications/progress", "params":{}}\n\nevent: message\nid: 2\ndata: {"id":1,"result":{"by":"TOOLS/LIST"}}\n\n',
  );
});

it('lets nothing through that it cannot read (RS-82)', async () => {
  const list = [rewriting(1, 'tools/list')];
  await expect(rewrittenJson('{"id":1', list)).rejects.toThrow(
    "The endpoint's answer to tools/list is not JSON.",
  );
  const answer = (headers: Record<string, string>, status = 200, body: string | null = 'x') =>
    rewritable(new Response(body, { status, headers }), list);
  const refused = 'The endpoint answered tools/list with neither plain JSON nor plain events.';
  expect(() => answer({ 'content-type': 'text/html' })).toThrow(refused);
  expect(() => answer({})).toThrow(refused);
  const json = { 'content-type': 'application/json' };
  expect(() => answer({ ...json, 'content-encoding': 'gzip' })).toThrow(refused);
  expect(answer({ 'content-type': 'text/html' }, 502).get('content-type')).toBe('text/html');
  expect(answer({}, 200, null).get('content-type')).toBeNull();
  expect(answer({ 'content-type': 'text/html' }, 202).get('content-type')).toBe('text/html');
  expect([...answer({ ...json, 'content-length': '1', 'x-own': 'kept' })]).toEqual([
    ['content-type', 'application/json'],
    ['x-own', 'kept'],
  ]);
});
