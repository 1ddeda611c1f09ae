import { createFakeIssuer } from '@portcullis/core/testing';
import { expect, it } from 'vitest';
import { createFixture } from './contract/fixture.js';
import { byPath } from './index.js';

it('refuses two endpoints of one path, and two of different origins, all at once (RS-11)', async () => {
  const issuer = await createFakeIssuer();
  const protect = (url: string) =>
    createFixture(issuer, url).auth.protect(async () => new Response());
  const [one, two] = [protect('http://127.0.0.1:4321/mcp'), protect('http://127.0.0.1:4321/other')];
  const handler = byPath(one, two);
  expect(handler.resource).toBe('http://127.0.0.1:4321/mcp');
  const document = '/.well-known/oauth-protected-resource/other';
  expect(['/mcp', '/other', document, '/'].map(handler.answers)).toEqual([true, true, true, false]);
  expect(() =>
    byPath(one, protect('http://127.0.0.1:4321/mcp'), protect('http://[::1]:4321/a')),
  ).toThrow(
    /is "http:\/\/127.0.0.1:4321\/mcp" more than once[\s\S]*is "http:\/\/\[::1\]:4321\/a", on another origin/,
  );
  await issuer.close();
});
