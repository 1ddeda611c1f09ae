import { expect, it } from 'vitest';
import { inputDigest, webHash } from './input-digest.js';

it('hashes alike with and without Node', async () => {
  const input = { city: 'Zürich' };
  const bytes = new TextEncoder().encode('{"city":"Zürich"}');
  expect(await inputDigest(input)).toEqual({ bytes: 18, sha256: await webHash(bytes) });
  expect(await webHash(new Uint8Array())).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  expect(await inputDigest(undefined)).toBe(undefined);
});
