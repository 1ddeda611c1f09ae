import { expect, it } from 'vitest';
import { outcomeReader } from './completion.js';

const encode = (text: string) => new TextEncoder().encode(text);
const read = (contentType: string, ...chunks: string[]) => {
  const reader = outcomeReader(contentType);
  for (const chunk of chunks) reader.read(encode(chunk));
  return reader;
};
const json = 'application/json';
const events = 'text/event-stream; charset=utf-8';

it('reads the outcome from a JSON answer, whole or a batch', () => {
  expect(read(json, '{"id":1,"res', 'ult":{}}').outcome(1, true)).toBe('succeeded');
  expect(read(json, '{"id":1,"result":{"isError":true}}').outcome(1, true)).toBe('failed');
  expect(read(json, '{"id":"1","error":{}}').outcome('1', true)).toBe('failed');
  const batch = read(json, '[{"id":1,"result":{}},{"id":2,"error":{}}]');
  expect([batch.outcome(1, true), batch.outcome(2, true)]).toEqual(['succeeded', 'failed']);
});

it('reads it from events, cut anywhere, with every kind of line end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = `event: message${end}data: {"id":1,"result":{"isError":true}}${end}${end}`;
    for (let at = 0; at <= text.length; at += 1) {
      const reader = read(events, text.slice(0, at), text.slice(at));
      expect([end, at, reader.outcome(1, true)]).toEqual([end, at, 'failed']);
    }
  }
});

it('takes neither a request of the server nor another id for the answer', () => {
  const lines = 'data: {"id":1,"method":"ping"}\n\ndata: {"id":2,"result":{}}\n\n';
  expect(read(events, lines).outcome(1, true)).toBe('unknown');
  expect(read(json, 'no json').outcome(1, true)).toBe('unknown');
  expect(read(json, '').outcome(1, true)).toBe('unknown');
});

it('does not know what a body that broke off would have said', () => {
  expect(read(json, '{"id":1,"result":{}}').outcome(1, false)).toBe('unknown');
  expect(read(json, 'x'.repeat(2_000_000)).outcome(1, false)).toBe('unknown');
  const answered = 'data: {"id":1,"result":{}}\n\ndata: {"id":2';
  expect(read(events, answered).outcome(1, false)).toBe('succeeded');
});

it('keeps no more than a mebibyte and counts what is longer as a success', () => {
  const long = `{"id":1,"result":{"text":"${'x'.repeat(2_000_000)}"}}`;
  expect(read(json, long).outcome(1, true)).toBe('succeeded');
  const after = read(events, `data: ${long}`, '\n\ndata: {"id":2,"error":{}}\n\n');
  expect([after.outcome(1, true), after.outcome(2, true)]).toEqual(['succeeded', 'failed']);
});
