import { expect, it } from 'vitest';
import { hashPassword, parsePasswordHash, verifyPassword } from './password-hash.js';

// Made by Python's hashlib.scrypt, so that another implementation vouches for the format.
const FOREIGN =
  '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$GEDJYvr1TTZZVHi5iklTNhA/nLp9g5KhNbwch1iOI78';

async function verify(password: string, hash: string): Promise<boolean> {
  const parsed = parsePasswordHash(hash);
  if (!parsed) throw new Error('The hash was not read.');
  return verifyPassword(password, parsed);
}

it('hashes with a salt of its own each time (AS-94)', async () => {
  const [first, second] = await Promise.all([
    hashPassword('correct horse'),
    hashPassword('correct horse'),
  ]);
  expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(first).not.toBe(second);
  expect(await verify('correct horse', first)).toBe(true);
  expect(await verify('correct horsf', first)).toBe(false);
});

it('reads what another implementation hashed', async () => {
  expect(await verify('pässword', FOREIGN)).toBe(true);
  expect(await verify('password', FOREIGN)).toBe(false);
});

it('takes composed and decomposed letters for the same password', async () => {
  expect(await verify('pa\u0308ssword', FOREIGN)).toBe(true);
});

it('refuses what is longer than 1024 bytes, also when it begins with the password', async () => {
  const longest = 'é'.repeat(512);
  const hash = await hashPassword(longest);
  expect(await verify(longest, hash)).toBe(true);
  expect(await verify(`${longest}x`, hash)).toBe(false);
  await expect(hashPassword(`${longest}x`)).rejects.toThrow('A password has 1 to 1024 bytes.');
  await expect(hashPassword('')).rejects.toThrow('A password has 1 to 1024 bytes.');
});

it.each([
  ['a bcrypt hash', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
  ['a clear password', 'hunter2'],
  ['costs too low to protect', FOREIGN.replace('ln=14', 'ln=4')],
  ['costs that would stop the server', FOREIGN.replace('ln=14', 'ln=30')],
  ['a salt too short', FOREIGN.replace(/\$[^$]+(\$[^$]+)$/, '$c2FsdA$1')],
  ['more behind it', `${FOREIGN}\n`],
])('does not read %s', (_, text) => {
  expect(text).not.toBe(FOREIGN);
  expect(parsePasswordHash(text)).toBeUndefined();
});
