import { afterEach, expect, it, vi } from 'vitest';
import { untilEnd } from './until-end.js';

const mebibyte = new Uint8Array(1_048_576);

/** An SDK's stream: what is written waits there, whether or not anybody reads. */
function written() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const seen = { over: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      seen.cancelled = true;
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  const source = new Response(body, { status: 203, statusText: 'Told', headers });
  const response = untilEnd(source, () => {
    seen.over += 1;
  });
  return {
    seen,
    response,
    write: (bytes: Uint8Array) => controller?.enqueue(bytes),
    end: () => controller?.close(),
    breakOff: () => controller?.error(new Error('gone')),
  };
}

afterEach(() => vi.useRealTimers());

it('is the same answer, and tells once that it is through', async () => {
  const { seen, response, write, end } = written();
  expect([response.status, response.statusText, [...response.headers]]).toEqual([
    ...[203, 'Told'],
    [['content-type', 'text/event-stream']],
  ]);
  write(new TextEncoder().encode('data: 1\n\n'));
  end();
  expect(await response.text()).toBe('data: 1\n\n');
  expect(seen).toEqual({ over: 1, cancelled: false });
});

it('is through at once without a body', () => {
  let over = 0;
  const accepted = new Response(null, { status: 202 });
  const through = () => {
    over += 1;
  };
  expect([untilEnd(accepted, through), over]).toEqual([accepted, 1]);
});

it('is through when it breaks off, and when nobody reads any more', async () => {
  const broken = written();
  broken.breakOff();
  await expect(broken.response.text()).rejects.toThrow('gone');
  expect(broken.seen.over).toBe(1);
  const left = written();
  await left.response.body?.cancel();
  expect(left.seen).toEqual({ over: 1, cancelled: true });
});

it('is through when all is said, whether or not it was read', async () => {
  const { seen, response, write, end } = written();
  write(mebibyte);
  end();
  await expect.poll(() => seen.over).toBe(1);
  expect((await response.arrayBuffer()).byteLength).toBe(1_048_576);
  // Who leaves then is not counted again.
  const unread = written();
  unread.write(mebibyte);
  unread.end();
  await expect.poll(() => unread.seen.over).toBe(1);
  await unread.response.body?.cancel();
  expect(unread.seen.over).toBe(1);
});

it('waits for who reads slowly, however much was said at once', async () => {
  vi.useFakeTimers();
  const { seen, response, write, end } = written();
  for (let n = 0; n < 8; n += 1) write(mebibyte);
  const reader = response.body?.getReader();
  for (let n = 0; n < 8; n += 1) {
    await vi.advanceTimersByTimeAsync(n < 5 ? 5000 : 60_000);
    expect((await reader?.read())?.value?.byteLength).toBe(1_048_576);
  }
  for (let n = 0; n < 8; n += 1) write(mebibyte);
  end();
  await vi.advanceTimersByTimeAsync(600_000);
  for (let n = 0; n < 8; n += 1) expect((await reader?.read())?.done).toBe(false);
  expect((await reader?.read())?.done).toBe(true);
  expect(seen).toEqual({ over: 1, cancelled: false });
  expect(vi.getTimerCount()).toBe(0);
});

it('breaks off when 4 MiB have waited for half a minute, and lets go of what was written (ATK-91)', async () => {
  vi.useFakeTimers();
  const { seen, response, write } = written();
  for (let n = 0; n < 4; n += 1) write(mebibyte);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(seen).toEqual({ over: 0, cancelled: false });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual({ over: 1, cancelled: true });
  await expect(response.body?.getReader().read()).rejects.toThrow('The client is too far behind.');
});

it.each(['it is left', 'it breaks'])('forgets its clock when %s', async (how) => {
  vi.useFakeTimers();
  const { response, write, breakOff } = written();
  write(new Uint8Array(4_194_304));
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBe(1);
  if (how === 'it is left') await response.body?.cancel();
  else breakOff();
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBe(0);
});
