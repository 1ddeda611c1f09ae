import { describe, expect, it } from 'vitest';
import { endpointProblems, isEndpointUrl } from './endpoint-url.js';

describe('isEndpointUrl', () => {
  it.each([
    ['https://as.example.com/token', true],
    ['https://as.example.com/token?tenant=1', true],
    ['http://127.0.0.1:8080/keys', true],
    ['http://localhost/keys', true],
    ['http://as.example.com/token', false],
    ['https://user@as.example.com/token', false],
    ['https://:secret@as.example.com/token', false],
    ['https://as.example.com/token#here', false],
    ['ftp://as.example.com/', false],
    ['/token', false],
    [undefined, false],
    [7, false],
  ])('%s → %s', (value, safe) => {
    expect(isEndpointUrl(value)).toBe(safe);
  });

  it('takes no loopback from a remote issuer', () => {
    expect(isEndpointUrl('http://127.0.0.1:8080/keys', { loopback: false })).toBe(false);
  });
});

it('names the option, and does not repeat a URL that may hold a secret', () => {
  expect(endpointProblems('introspection.endpoint', undefined)).toEqual([]);
  expect(endpointProblems('introspection.endpoint', 'https://me:secret@as.example.com')).toEqual([
    {
      option: 'introspection.endpoint',
      problem: 'must be an HTTPS URL unless it is on loopback, without credentials or fragment.',
      remedy: 'Copy it from the issuer’s metadata or manual.',
    },
  ]);
});
