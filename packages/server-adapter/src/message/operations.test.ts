import { expect, it } from 'vitest';
import { decodeHeaderValue } from './header-match.js';
import { readMessage } from './operations.js';

const read = (body: unknown, headers: Record<string, string> = {}) =>
  readMessage(new Request('http://127.0.0.1/mcp', { method: 'POST', headers }), body, 1000);
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const version = 'io.modelcontextprotocol/protocolVersion';

it('reads one operation, and hands on the very object that it judged (RS-77)', async () => {
  const message = await read(list);
  expect(message).toEqual({
    kind: 'message',
    era: 'legacy',
    body: list,
    operations: [{ method: 'tools/list', params: {}, id: 1 }],
    owned: [],
    batch: false,
  });
  expect('body' in message && message.body).toBe(list);
});

it('takes nothing for a message that two readers could understand differently', async () => {
  const bodies = [
    { ...list, result: {} },
    { ...list, error: {} },
    { ...list, jsonrpc: '1.0' },
    { id: 1, method: 'tools/list' },
    { ...list, id: 1.5 },
    { ...list, id: null },
    { ...list, params: 'x' },
    { ...list, method: 1 },
    { jsonrpc: '2.0', id: 1, result: {} },
    null,
    'tools/list',
  ];
  for (const body of bodies) {
    expect([body, await read(body)]).toMatchObject([body, { kind: 'fault', code: -32600 }]);
  }
});

it('has batches of 2025-03-26 only, of at most a hundred, with no modern member (RS-79)', async () => {
  const batch = (length: number) => Array.from({ length }, (_, id) => ({ ...list, id }));
  expect(await read(batch(100))).toMatchObject({ kind: 'message', batch: true });
  expect(await read(batch(101))).toMatchObject({ kind: 'fault', code: -32600 });
  expect(await read([])).toMatchObject({ kind: 'fault', code: -32600 });
  const modern = { ...list, params: { _meta: { [version]: '2026-07-28' } } };
  expect(await read([list, modern])).toMatchObject({ kind: 'fault', code: -32600 });
  const later = { 'mcp-protocol-version': '2025-06-18' };
  expect(await read(batch(1), later)).toMatchObject({ kind: 'fault', code: -32600 });
});

it('bounds nesting also where the host has parsed the body (ATK-91)', async () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  expect(await read({ ...list, params: nested(60) })).toMatchObject({ kind: 'message' });
  expect(await read({ ...list, params: nested(70) })).toMatchObject({ kind: 'fault' });
  const wide = { ...list, params: { a: Array(300_000).fill(0) } };
  expect(await read(wide)).toMatchObject({ kind: 'message' });
});

it('decodes header values strictly (RS-71)', () => {
  expect(decodeHeaderValue('weather')).toBe('weather');
  expect(decodeHeaderValue('=?base64?w7xiZXI=?=')).toBe('über');
  expect(decodeHeaderValue('=?base64??=')).toBe('');
  for (const value of [
    'über',
    'a\u0000b',
    '=?base64?w7xiZXI?=',
    '=?base64?w7xiZXJ=?=',
    '=?base64?w7x iZXI=?=',
    '=?base64?/w==?=',
    '=?base64?w7xiZXI=',
  ]) {
    const expected = value === '=?base64?w7xiZXI=' ? value : undefined;
    expect([value, decodeHeaderValue(value)]).toEqual([value, expected]);
  }
});

const answer = { jsonrpc: '2.0', id: 3, result: { action: 'accept' } };
const refusedReply = {
  ...{ kind: 'fault', status: 400, code: -32600, id: null },
  message: 'Bad Request: JSON-RPC responses cannot be posted to this endpoint',
};
const inSession = (body: unknown, headers: Record<string, string> = {}) =>
  readMessage(new Request('http://127.0.0.1/mcp', { method: 'POST', headers }), body, 1000, true);

it('takes an answer to the server for a message only where there is a session to own it (REV-20)', async () => {
  expect(await inSession(answer)).toEqual({
    ...{ kind: 'message', era: 'legacy', body: answer, operations: [], owned: ['response'] },
    batch: false,
  });
  const failed = { jsonrpc: '2.0', id: 'a', error: { code: -1, message: 'No.' } };
  expect(await inSession(failed)).toMatchObject({ kind: 'message', owned: ['response'] });
  expect(await read(answer)).toEqual(refusedReply);
  expect(await read([list, answer])).toEqual(refusedReply);
  expect(await inSession([answer, list, failed])).toMatchObject({
    ...{ operations: [{ method: 'tools/list' }], owned: ['response', 'response'], batch: true },
  });
});

it('knows no answer to the server in 2026-07-28, where they are part of the next request (REV-20)', async () => {
  const headers = { 'mcp-protocol-version': '2026-07-28' };
  expect(await inSession(answer, headers)).toEqual(refusedReply);
  const unknown = { 'mcp-protocol-version': '2025-12-31' };
  expect(await inSession(answer, unknown)).toMatchObject({ kind: 'fault', code: -32022 });
});

it('takes nothing for an answer that is half a request, or half an answer', async () => {
  const { id, result } = answer;
  const halves = [
    { ...answer, method: 'tools/list' },
    { ...answer, error: { code: 1, message: '' } },
    { ...answer, id: undefined },
    { ...answer, id: null },
    { ...answer, id: 1.5 },
    { ...answer, result: 'x' },
    { ...answer, result: null },
    { jsonrpc: '2.0', id, error: [] },
    { id, result },
  ];
  for (const half of halves) {
    expect(await inSession(half)).toMatchObject({ kind: 'fault', code: -32600 });
  }
});
