import { ConfigurationError } from '@portcullis/core';
import { expect, it } from 'vitest';
import { ada } from '../contract/stdio-connection.js';
import { stdioPrincipal } from './stdio-principal.js';

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

it('names somebody, or nothing starts', () => {
  const scopes = ['mcp:tools:*'];
  const wrong: readonly (readonly [object, string])[] = [
    [{ subject: undefined, scopes }, '"subject" names nobody.'],
    [{ subject: '', scopes }, '"subject" names nobody.'],
    [{ subject: ' ', scopes }, '"subject" names nobody.'],
    [{ subject: 'ada', clientId: '', scopes }, '"clientId" names no program.'],
    [{ subject: 'ada' }, '"scopes" is no list of scopes.'],
    [{ subject: 'ada', scopes: 'mcp:tools:*' }, '"scopes" is no list of scopes.'],
    [{ subject: 'ada', scopes: [''] }, '"scopes" is no list of scopes.'],
    [{ subject: 'ada', scopes: ['a b'] }, '"scopes" is no list of scopes.'],
    [{ subject: 'ada', scopes: [undefined] }, '"scopes" is no list of scopes.'],
  ];
  for (const [options, message] of wrong) {
    expect(() => stdioPrincipal(options as never), message).toThrow(message);
    expect(() => stdioPrincipal(options as never)).toThrow(ConfigurationError);
  }
  expect(stdioPrincipal({ subject: 'ada', scopes: [] }).scopes).toEqual([]);
});

it('keeps the scopes that it was given, whatever becomes of the list', () => {
  const scopes = ['mcp:tools:weather'];
  const principal = stdioPrincipal({ subject: 'ada', scopes });
  scopes.push('mcp:tools:*');
  expect(principal.scopes).toEqual(['mcp:tools:weather']);
});
