import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readWhole, takeWhole, wholeAnswer } from './whole-answer.js';

// @hono/node-server puts a Response of its own in the place of Node's, for every test file that comes after.
const above: unknown = Object.getPrototypeOf(Response);
beforeAll(() => {
  if (above !== Function.prototype) vi.stubGlobal('Response', above);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

const text = '{"jsonrpc":"2.0","id":1,"result":{"word":"Grüße"}}';
const bytes = () => new TextEncoder().encode(text);
const head = () => ({
  status: 201,
  statusText: 'Made',
  headers: new Headers({ 'content-type': 'application/json', 'x-own': 'a' }),
});
const whole = (body: string | Uint8Array<ArrayBuffer> = text) => wholeAnswer(body, head());
const real = () => new Response(bytes(), head());

describe('wholeAnswer', () => {
  it('is not told from a response by what it shows', () => {
    const shown = (response: Response) => ({
      ...{ type: response.type, url: response.url, redirected: response.redirected },
      ...{ status: response.status, statusText: response.statusText, ok: response.ok },
      headers: [...response.headers],
      bodyUsed: response.bodyUsed,
      kind: Object.prototype.toString.call(response),
      printed: inspect(response),
    });
    expect(shown(whole())).toEqual(shown(real()));
    expect(whole()).toBeInstanceOf(Response);
    expect(wholeAnswer(bytes(), { ...head(), status: 404 }).ok).toBe(false);
  });

  it('answers for every member that a response has on this runtime', () => {
    const own = Object.getPrototypeOf(whole()) as object;
    expect(own === Response.prototype).toBe(false);
    const inherited: readonly unknown[] = [inspect.custom, Symbol.toStringTag];
    const answer = whole();
    const left = Reflect.ownKeys(Response.prototype).filter(
      (name) => !Object.hasOwn(own, name) && !Object.hasOwn(answer, name),
    );
    expect(left.filter((name) => !inherited.includes(name))).toEqual([]);
  });

  it('gives its text as a stream, once, as Node 26 does', async () => {
    const answer = whole('täxt') as Response & { textStream(): ReadableStream<string> };
    const parts: string[] = [];
    for await (const part of answer.textStream()) parts.push(part);
    expect(parts.join('')).toBe('täxt');
    expect(answer.bodyUsed).toBe(true);
    expect(() => answer.textStream()).toThrow(TypeError);
    const read = whole('täxt') as typeof answer;
    await read.text();
    expect(() => read.textStream()).toThrow(TypeError);
  });

  const readings: readonly ((response: Response) => Promise<unknown>)[] = [
    (response) => response.text(),
    (response) => response.json(),
    (response) => response.arrayBuffer(),
    (response) => response.bytes(),
    (response) => response.blob().then((blob) => Promise.all([blob.text(), blob.type])),
    (response) => new Response(response.body, response).text(),
  ];
  it('gives its body in every form, once', async () => {
    for (const body of [text, bytes()]) {
      for (const read of readings) {
        for (const again of readings) {
          const answer = whole(body);
          expect(await read(answer)).toEqual(await read(real()));
          expect(answer.bodyUsed).toBe(true);
          await expect(Promise.resolve(answer).then(again)).rejects.toThrow(TypeError);
        }
      }
    }
  });

  it('refuses a form that it does not have, as a response does', async () => {
    await expect(whole().formData()).rejects.toThrow(TypeError);
    const notJson = wholeAnswer(new TextEncoder().encode('{'), head());
    await expect(notJson.json()).rejects.toThrow(SyntaxError);
  });

  it('is copied with the headers that it has by then, and only before it is read', async () => {
    const answer = whole();
    answer.headers.set('x-own', 'b');
    const copy = answer.clone();
    copy.headers.set('x-own', 'c');
    expect([answer.headers.get('x-own'), copy.headers.get('x-own')]).toEqual(['b', 'c']);
    expect([copy.status, copy.statusText]).toEqual([201, 'Made']);
    expect([await copy.text(), await answer.text()]).toEqual([text, text]);
    expect(() => answer.clone()).toThrow(TypeError);
  });

  it('leaves the headers that it was made from alone', () => {
    const given = head();
    wholeAnswer(bytes(), given).headers.set('x-own', 'b');
    expect(given.headers.get('x-own')).toBe('a');
  });

  it('makes up no media type, whatever its body came as', () => {
    for (const body of ['', text, bytes()]) {
      const answer = wholeAnswer(body, { ...head(), headers: new Headers() });
      expect([answer.body === null, answer.headers.has('content-type')]).toEqual([false, false]);
      expect(new Response(answer.body, answer).headers.has('content-type')).toBe(false);
    }
  });

  it('is a plain response where there is no body', async () => {
    const answer = wholeAnswer(null, head());
    expect([answer.body, await answer.text()]).toEqual([null, '']);
  });
});

describe('takeWhole', () => {
  it('gives the body of an answer in memory once, and of no other', async () => {
    const answer = whole();
    expect(takeWhole(answer)).toBe(text);
    expect([takeWhole(answer), answer.bodyUsed]).toEqual([undefined, true]);
    await expect(answer.text()).rejects.toThrow(TypeError);
    const asked = whole();
    expect(asked.body?.locked).toBe(false);
    expect(takeWhole(asked)).toBe(undefined);
    expect(takeWhole(real())).toBe(undefined);
  });
});

describe('readWhole', () => {
  const stream = (...chunks: readonly (string | Uint8Array)[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk as Uint8Array);
        controller.close();
      },
    });

  it('puts the pieces together', async () => {
    const [one, two] = [new Uint8Array([1, 2]), new Uint8Array([3])];
    expect(await readWhole(stream(one, two))).toEqual(new Uint8Array([1, 2, 3]));
    expect(await readWhole(stream(one))).toEqual(one);
    expect(await readWhole(stream())).toEqual(new Uint8Array());
  });

  it('reads nothing but bytes, and no body that somebody else reads', async () => {
    await expect(readWhole(stream('text'))).rejects.toThrow(TypeError);
    const locked = stream();
    locked.getReader();
    await expect(readWhole(locked)).rejects.toThrow(TypeError);
  });
});
