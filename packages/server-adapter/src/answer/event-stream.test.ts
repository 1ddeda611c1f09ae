import { expect, it } from 'vitest';
import { changedEvents, eventReader, type StreamEvent } from './event-stream.js';

const encode = (text: string) => new TextEncoder().encode(text);

/** A body in these pieces. */
function bodyOf(...chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}

const same = (event: StreamEvent) => event;
const textOf = (body: ReadableStream<Uint8Array>) => new Response(body).text();

it('reads every field, however lines end and wherever the bytes are cut', async () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const lines = ['event: message', 'id:7', 'retry: 10', 'data: é1', 'data:  2', 'data', 'x: y'];
    const bytes = encode(`\uFEFF${lines.join(end)}${end}${end}data: next${end}${end}`);
    for (let at = 0; at <= bytes.length; at += 1) {
      const reader = eventReader();
      const parts = [...reader.read(bytes.slice(0, at)), ...reader.read(bytes.slice(at))];
      expect([end, at, parts]).toEqual([
        end,
        at,
        [
          {
            kind: 'event',
            event: { event: 'message', id: '7', retry: '10', data: 'é1\n 2\n' },
            text: 'event: message\nid:7\nretry: 10\ndata: é1\ndata:  2\ndata\nx: y\n\n',
          },
          { kind: 'event', event: { data: 'next' }, text: 'data: next\n\n' },
        ],
      ]);
    }
  }
});

it('reads one byte at a time what it reads at once', () => {
  const bytes = encode('id: 1\r\ndata: a\r\n\r\n: keep\r\n\r\ndata: b\r\n\r\n');
  const reader = eventReader();
  const parts = [...bytes].flatMap((byte) => reader.read(Uint8Array.of(byte)));
  expect(parts).toEqual(eventReader().read(bytes));
  expect(parts).toEqual([
    { kind: 'event', event: { id: '1', data: 'a' }, text: 'id: 1\ndata: a\n\n' },
    { kind: 'comment', text: ': keep\n' },
    { kind: 'event', event: { data: 'b' }, text: 'data: b\n\n' },
  ]);
});

it('takes an identifier with NUL for none, and data of no characters for data', () => {
  expect(eventReader().read(encode('id: a\0b\ndata:\n\n'))).toMatchObject([
    { event: { data: '' } },
  ]);
  expect(eventReader().read(encode('id: a\0b\n\n'))).toMatchObject([{ event: {} }]);
});

it('keeps what is not changed as it came, and comments at once', async () => {
  const text = ': hello\nevent:message\ndata:1\nunknown\n\n\nretry:5\n\n';
  expect(await textOf(changedEvents(bodyOf(text), same))).toBe(
    ': hello\nevent:message\ndata:1\nunknown\n\nretry:5\n\n',
  );
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encode(': alive\n')),
  });
  const reader = changedEvents(source, same).getReader();
  expect((await reader.read()).value).toEqual(encode(': alive\n'));
  await reader.cancel();
});

it('makes no field of what a byte order mark keeps from being one', async () => {
  const text = '\uFEFF\uFEFFdata: seen by nobody\nid: 1\n\n\uFEFFdata: nor this\n\n';
  const [sent, decoder] = [encode(text), new TextDecoder('utf-8', { ignoreBOM: true })];
  for (let at = 0; at < 9; at += 1) {
    const body = bodyOf(sent.slice(0, at), sent.slice(at));
    const bytes = await new Response(changedEvents(body, same)).arrayBuffer();
    expect([at, decoder.decode(bytes)]).toEqual([at, text]);
  }
});

it('writes what is changed, in order, also where that takes a while', async () => {
  const body = bodyOf('id: 1\ndata: a\n\ndata: b\n\n', 'data: c');
  const changed = changedEvents(body, async ({ data, ...event }) => {
    if (data === 'a') await new Promise((resolve) => setTimeout(resolve, 5));
    return { ...event, data: `${data}\n!`, id: `x${event.id ?? ''}` };
  });
  expect(await textOf(changed)).toBe('id: x1\ndata: a\ndata: !\n\nid: x\ndata: b\ndata: !\n\n');
});

it('writes no second line where a field is one line', async () => {
  const changed = changedEvents(bodyOf('data: a\n\n'), () => ({ id: '1\ndata: forged' }));
  await expect(textOf(changed)).rejects.toThrow('The id of an event must be one line.');
});

it('breaks off at an event that is too long, and lets go of its source (ATK-91)', async () => {
  for (const long of ['data: 0123456789\n\n', 'data: 0123456789', 'data: 1\ndata: 2\n']) {
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encode(long)),
      cancel: (why) => {
        reason = why;
      },
    });
    await expect(textOf(changedEvents(body, same, 10))).rejects.toThrow('too long');
    expect(reason).toBeInstanceOf(Error);
  }
  expect(await textOf(changedEvents(bodyOf('data: 1\n\n', 'data: 2\n\n'), same, 10))).toBe(
    'data: 1\n\ndata: 2\n\n',
  );
});

it('reads on after an event that was too long', () => {
  const reader = eventReader(10);
  const parts = ['data: 01', '234567', '89\n', 'data: x\n\nda', 'ta: b\n\n'].flatMap((chunk) =>
    reader.read(encode(chunk)),
  );
  expect(parts).toEqual([
    { kind: 'too_long' },
    { kind: 'event', event: { data: 'b' }, text: 'data: b\n\n' },
  ]);
});

it('reads no faster than it is read, and cancels its source', async () => {
  let pulled = 0;
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(encode('data: 1\n\n'));
      },
      cancel(reason) {
        cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  const reader = changedEvents(body, same).getReader();
  await reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(pulled).toBeLessThanOrEqual(2);
  await reader.cancel('enough');
  expect(cancelled).toBe('enough');
});

it('breaks off as its source does', async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('gone')) });
  await expect(textOf(changedEvents(broken, same))).rejects.toThrow('gone');
});
