import { AuthError } from '@portcullis/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { issuerDocument } from './issuer-document.js';
import { issuerList } from './issuer-list.js';

const issuer = 'https://login.example.com';

function setUp(answer: () => Response | Promise<Response>, retryAfter = 60) {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return answer();
  };
  const bounds = { fetch, timeoutMs: 1000, maxBytes: 1000, retryAfter };
  return { asked, document: issuerDocument(issuerList({ issuer }), undefined, bounds) };
}

it('asks once for many callers, and remembers what it found until it is told to forget', async () => {
  const { asked, document } = setUp(() => Response.json({ issuer }));
  const answers = await Promise.all([1, 2, 3].map(() => document.read(undefined)));
  expect(answers.map(({ kind }) => kind)).toEqual(['found', 'found', 'found']);
  await document.read(undefined);
  expect(asked).toHaveLength(1);
  document.forget();
  await document.read(undefined);
  expect(asked).toHaveLength(2);
});

it('asks nobody for a while after a failure, which forgetting does not shorten', async () => {
  const { asked, document } = setUp(() => Promise.reject(new Error('down')));
  expect((await document.read(undefined)).kind).toBe('failed');
  document.forget();
  expect((await document.read(undefined)).kind).toBe('failed');
  expect(asked).toHaveLength(1);
});

it('asks again at once where there is nothing to wait for', async () => {
  const { asked, document } = setUp(() => Promise.reject(new Error('down')), 0);
  await document.read(undefined);
  await document.read(undefined);
  expect(asked).toHaveLength(2);
});

it('asks again where the clock was set back since', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { asked, document } = setUp(() => Promise.reject(new Error('down')));
  await document.read(undefined);
  vi.useRealTimers();
  await document.read(undefined);
  expect(asked).toHaveLength(2);
});

it('ends the wait of the caller that gives up, and of no other', async () => {
  let answer: (response: Response) => void = () => {};
  const { document } = setUp(() => new Promise<Response>((resolve) => (answer = resolve)));
  const leaving = new AbortController();
  const left = document.read(leaving.signal).catch((error: unknown) => error);
  const staying = document.read(AbortSignal.timeout(1000));
  leaving.abort();
  expect(AuthError.isInstance(await left)).toBe(true);
  answer(Response.json({ issuer }));
  expect((await staying).kind).toBe('found');
});
