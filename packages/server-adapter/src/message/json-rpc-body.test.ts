import { afterEach, expect, it, vi } from 'vitest';
import { readBody } from './json-rpc-body.js';

afterEach(() => {
  vi.useRealTimers();
});

const withBody = (body: BodyInit) =>
  new Request('http://127.0.0.1/mcp', { method: 'POST', body, ...{ duplex: 'half' } });

it('gives up on a body that does not arrive, and lets go of it (ATK-91)', async () => {
  vi.useFakeTimers();
  let cancelled = false;
  const stream = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  const answer = readBody(withBody(stream), 1000);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(cancelled).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await answer).toMatchObject({ kind: 'fault', status: 408 });
  expect(cancelled).toBe(true);
});

it('counts bytes, not characters', async () => {
  expect(await readBody(withBody('é'), 2)).toBe('é');
  expect(await readBody(withBody('é'), 1)).toMatchObject({ status: 413 });
});

it('takes nothing that is not UTF-8', async () => {
  const bytes = new Uint8Array([0x22, 0xff, 0x22]);
  expect(await readBody(withBody(bytes), 100)).toMatchObject({ status: 400, code: -32700 });
});
