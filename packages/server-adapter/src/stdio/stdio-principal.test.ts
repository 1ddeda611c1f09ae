import { expect, it } from 'vitest';
import { ada } from '../contract/stdio-connection.js';

it('gives an explicit principal no issuer and no end, and lets nobody change it', () => {
  expect(ada).toEqual({
    kind: 'principal',
    actor: 'user',
    issuer: 'urn:portcullis:stdio',
    subject: 'local:ada',
    clientId: 'stdio',
    tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    scopes: ['mcp:tools:weather'],
    expiresAt: 8_640_000_000_000,
    claims: {},
  });
  expect(new Date(ada.expiresAt * 1000).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  expect(Object.isFrozen(ada) && Object.isFrozen(ada.scopes)).toBe(true);
});
