import { expect, it } from 'vitest';
import { endingStream } from './ending-stream.js';

const encode = (text: string) => new TextEncoder().encode(text);
const graceful =
  'event: message\ndata: {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":7}}}\n\n';

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
  const text = await new Response(endingStream(body, 50, 7)).text();
  expect(text).toBe(`data: first\n\n${graceful}`);
  expect(seen.cancelled).toBe(true);
});

it('ends at once when the time was over before it began (ATK-72)', async () => {
  expect(await new Response(endingStream(endless().body, -1000, 7)).text()).toContain(graceful);
});

it('ends as its source does, or breaks off as it does', async () => {
  const whole = new Response('data: all\n\n').body;
  expect(whole && (await new Response(endingStream(whole, 60_000, 7)).text())).toBe(
    'data: all\n\n',
  );
  const broken = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error('gone')),
  });
  await expect(new Response(endingStream(broken, 60_000, 7)).text()).rejects.toThrow('gone');
});

it('tells its source when nobody reads any more', async () => {
  const { seen, body } = endless();
  await endingStream(body, 60_000, 7).cancel();
  expect(seen.cancelled).toBe(true);
});
