import { expect, it } from 'vitest';
import { createNonces } from './nonces.js';

const secret = 'a secret of at least 32 characters';
/** The start of a window. */
const now = 1_800_000_000;

it('gives the same nonce for a while, on every instance, and then another (EXT-46)', async () => {
  const nonces = createNonces(secret);
  const nonce = await nonces.current(now);
  expect(nonce).toMatch(/^[A-Za-z0-9\-_]{43}$/);
  expect(await createNonces(secret).current(now + 149)).toBe(nonce);
  expect(await nonces.current(now + 150)).not.toBe(nonce);
  expect(await createNonces(`${secret}!`).current(now)).not.toBe(nonce);
});

it('accepts the last two, and one of an instance that is ahead (EXT-46)', async () => {
  const nonces = createNonces(secret);
  const nonce = await nonces.current(now);
  for (const later of [-150, 0, 149, 150, 299]) {
    expect([later, await nonces.accepts(nonce, now + later)]).toEqual([later, true]);
  }
  for (const later of [-151, 300, 3000]) {
    expect([later, await nonces.accepts(nonce, now + later)]).toEqual([later, false]);
  }
});

it('accepts none that it did not make', async () => {
  const nonces = createNonces(secret);
  const nonce = await nonces.current(now);
  for (const other of ['', 'x', nonce.slice(1), `${nonce}A`, nonce.toLowerCase()]) {
    expect(await nonces.accepts(other, now)).toBe(false);
  }
  expect(await nonces.accepts(await createNonces(`${secret}!`).current(now), now)).toBe(false);
});
