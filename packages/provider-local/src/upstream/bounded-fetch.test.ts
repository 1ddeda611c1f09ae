import { describe, expect, it } from 'vitest';
import { mayUse } from './bounded-fetch.js';

describe('where the metadata of an issuer may lead', () => {
  const issuer = new URL('https://login.acme.example/tenant');

  it.each([
    'https://login.acme.example/token',
    'https://login.acme.example:8443/token',
    'https://keys.acme-cdn.example/jwks?version=2',
  ])('to %s', (url) => {
    expect(mayUse(url, issuer)).toBe(true);
  });

  it.each([
    'http://login.acme.example/token',
    'http://127.0.0.1/token',
    'https://127.0.0.1/token',
    'https://2130706433/token',
    'https://0x7f.1/token',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/token',
    'https://[::1]/token',
    'https://[::ffff:10.0.0.1]/token',
    'https://localhost/token',
    'https://metadata/token',
    'https://metadata./token',
    'https://vault.internal/token',
    'https://printer.local./token',
    'https://user:secret@login.acme.example/token',
    'https://login.acme.example/token#part',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:application/json,{}',
    '/token',
    '',
  ])('not to %j (ATK-33, CL-26, CL-27)', (url) => {
    expect(mayUse(url, issuer)).toBe(false);
  });

  it('inside, for an issuer that is there itself', () => {
    const inside = new URL('https://login.corp.internal');
    expect(mayUse('https://login.corp.internal/token', inside)).toBe(true);
    expect(mayUse('https://10.0.0.1/token', inside)).toBe(true);
    expect(mayUse('http://login.corp.internal/token', inside)).toBe(false);
    expect(mayUse('http://127.0.0.1:4000/token', new URL('http://127.0.0.1:4000'))).toBe(true);
  });
});
