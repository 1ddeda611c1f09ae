import { expect, it } from 'vitest';
import { createEventStore, type EventStore } from './event-store.js';

type Message = { readonly n?: number; readonly text?: string };
const stored = async (store: EventStore<Message>, stream: string, count: number) => {
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) ids.push(await store.storeEvent(stream, { n }));
  return ids;
};
async function replayed(store: EventStore<Message>, after: string) {
  const seen: unknown[] = [];
  const stream = await store.replayEventsAfter(after, {
    send: async (id, message) => void seen.push([id, message]),
  });
  return { stream, seen };
}

it('replays what came after an event on its stream, and nothing of another (RS-107)', async () => {
  const store = createEventStore<Message>();
  const first = await store.storeEvent('a', {});
  await store.storeEvent('b', { n: 1 });
  await store.storeEvent('a', { n: 2 });
  await store.storeEvent('b', { n: 3 });
  await store.storeEvent('a', { n: 4 });
  expect(first).toBe('1.a');
  expect(await store.getStreamIdForEventId(first)).toBe('a');
  expect(await replayed(store, first)).toEqual({
    stream: 'a',
    seen: [
      ['3.a', { n: 2 }],
      ['5.a', { n: 4 }],
    ],
  });
  expect((await replayed(store, '3.a')).seen).toEqual([['5.a', { n: 4 }]]);
  expect((await replayed(store, '5.a')).seen).toEqual([]);
});

it('keeps what was said, whatever becomes of the object', async () => {
  const store = createEventStore<{ n: number }>();
  const message = { n: 1 };
  const before = await store.storeEvent('a', { n: 0 });
  await store.storeEvent('a', message);
  message.n = 2;
  expect((await replayed(store as EventStore<Message>, before)).seen).toEqual([['2.a', { n: 1 }]]);
});

it('replays no message of what a stream began with', async () => {
  const store = createEventStore<Message>();
  const before = await store.storeEvent('a', { n: 0 });
  await store.storeEvent('a', {});
  expect((await replayed(store, before)).seen).toEqual([]);
});

it('goes on for a quiet stream while a busy one loses its beginning, and leaves no gap', async () => {
  const store = createEventStore<Message>();
  const [quiet = ''] = await stored(store, 'quiet', 1);
  const busy = await stored(store, 'busy', 300);
  await store.storeEvent('quiet', { n: 2 });
  expect((await replayed(store, quiet)).seen).toEqual([['302.quiet', { n: 2 }]]);
  // 302 events, of which 256 are kept: 1 of `quiet` and 45 of `busy` are gone.
  expect(await store.getStreamIdForEventId(busy[44] ?? '')).toBe('busy');
  expect((await replayed(store, busy[44] ?? '')).seen).toHaveLength(255);
  expect(await store.getStreamIdForEventId(busy[43] ?? '')).toBeUndefined();
  await expect(replayed(store, busy[43] ?? '')).rejects.toThrow('not there any more');
});

it('keeps no more characters than its bound, be it in one event', async () => {
  const store = createEventStore<Message>();
  const first = await store.storeEvent('a', { n: 1 });
  const long = await store.storeEvent('a', { text: 'x'.repeat(300_000) });
  expect(await store.getStreamIdForEventId(first)).toBeUndefined();
  expect(await replayed(store, long)).toEqual({ stream: 'a', seen: [] });
  await store.storeEvent('a', { n: 3 });
  expect((await replayed(store, long)).seen).toEqual([['3.a', { n: 3 }]]);
});

it('takes a stream that it has forgotten for one with a gap', async () => {
  const store = createEventStore<Message>();
  const [first = '', second = ''] = await stored(store, 'forgotten', 2);
  for (let n = 0; n < 600; n += 1) await store.storeEvent(`other ${n}`, { n });
  expect(await store.getStreamIdForEventId(first)).toBeUndefined();
  expect(await store.getStreamIdForEventId(second)).toBeUndefined();
  expect(await store.getStreamIdForEventId('602.other 599')).toBe('other 599');
});

it('knows no event that it has not numbered (ATK-82)', async () => {
  const store = createEventStore<Message>();
  await stored(store, 'a', 2);
  for (const id of ['3.a', '0.a', '-1.a', '01.a', '1', '1.', 'a', '', '1e0.a', '9'.repeat(30)]) {
    expect([id, await store.getStreamIdForEventId(id)]).toEqual([id, undefined]);
  }
});
