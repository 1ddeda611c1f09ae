import { afterEach, expect, it, vi } from 'vitest';
import { endingStream } from './ending-stream.js';

const encode = (text: string) => new TextEncoder().encode(text);
const graceful =
  'event: message\ndata: {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":7}}}\n\n';

const later = { milliseconds: 60_000 };

afterEach(() => vi.useRealTimers());

function endless() {
  const seen = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode('data: first\n\n')),
    cancel: () => {
      seen.cancelled = true;
    },
  });
  return { seen, body };
}

it('ends with the graceful result when its time is over, and lets go of what it read (RS-86)', async () => {
  const { seen, body } = endless();
  const text = await new Response(endingStream(body, { milliseconds: 50 }, 7)).text();
  expect(text).toBe(`data: first\n\n${graceful}`);
  expect(seen.cancelled).toBe(true);
});

it('stays open under a token that lives longer than a timer can run', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { seen, body } = endless();
  const stream = endingStream(body, { milliseconds: 2 ** 31 });
  vi.advanceTimersByTime(2 ** 31 - 2);
  expect([seen.cancelled, vi.getTimerCount()]).toEqual([false, 1]);
  await stream.cancel();
});

it('ends at once when the time was over before it began (ATK-72)', async () => {
  expect(
    await new Response(endingStream(endless().body, { milliseconds: -1000 }, 7)).text(),
  ).toContain(graceful);
});

it('ends with the graceful result when the token is revoked, be it before it began (RS-86, ATK-72)', async () => {
  const { seen, body } = endless();
  let revoke = () => {};
  const onRevoked = (listen: () => void) => {
    revoke = listen;
    return () => {};
  };
  const reader = endingStream(body, { ...later, onRevoked }, 7).getReader();
  expect((await reader.read()).value).toEqual(encode('data: first\n\n'));
  revoke();
  revoke();
  expect((await reader.read()).value).toEqual(encode(graceful));
  expect(await reader.read()).toEqual({ done: true, value: undefined });
  expect(seen.cancelled).toBe(true);
  const early = (listen: () => void) => {
    listen();
    return () => {};
  };
  const text = await new Response(
    endingStream(endless().body, { ...later, onRevoked: early }, 7),
  ).text();
  expect(text).toBe(graceful);
});

it('just closes a stream of the 2025 era, when its time is over or its token is revoked (RS-86, ATK-72)', async () => {
  const { seen, body } = endless();
  expect(await new Response(endingStream(body, { milliseconds: 20 })).text()).toBe(
    'data: first\n\n',
  );
  expect(seen.cancelled).toBe(true);
  let revoke = () => {};
  const onRevoked = (listen: () => void) => {
    revoke = listen;
    return () => {};
  };
  const reader = endingStream(endless().body, { ...later, onRevoked }).getReader();
  await reader.read();
  revoke();
  expect(await reader.read()).toEqual({ done: true, value: undefined });
});

it.each(['its source ends', 'its source breaks', 'nobody reads', 'its time is over'])(
  'watches for a revocation no longer, nor for its time, once %s',
  async (how) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let watching = 0;
    const onRevoked = () => {
      watching += 1;
      return () => {
        watching -= 1;
      };
    };
    const breaks = () => Promise.reject(new Error('gone'));
    const whole = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
    const broken = new ReadableStream<Uint8Array>({ pull: breaks });
    const body = { 'its source ends': whole, 'its source breaks': broken }[how] ?? endless().body;
    const milliseconds = how === 'its time is over' ? 10 : 60_000;
    const stream = endingStream(body, { milliseconds, onRevoked }, 7);
    expect(watching).toBe(1);
    if (how === 'nobody reads') await stream.cancel();
    else {
      if (how === 'its time is over') vi.advanceTimersByTime(10);
      await new Response(stream).text().catch(() => {});
    }
    expect([watching, vi.getTimerCount()]).toEqual([0, 0]);
  },
);

it('ends as its source does, or breaks off as it does', async () => {
  const whole = new Response('data: all\n\n').body;
  expect(whole && (await new Response(endingStream(whole, later, 7)).text())).toBe('data: all\n\n');
  const broken = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error('gone')),
  });
  await expect(new Response(endingStream(broken, later, 7)).text()).rejects.toThrow('gone');
});

it('tells its source when nobody reads any more', async () => {
  const { seen, body } = endless();
  await endingStream(body, later, 7).cancel();
  expect(seen.cancelled).toBe(true);
});
