import { expect, it, vi } from 'vitest';

it('warns of cookies over plain HTTP, once, and never of an issuer with TLS (AS-83)', async () => {
  // Once in a process, which other tests share.
  vi.resetModules();
  const { warnOfPlainHttp } = await import('./plain-http.js');
  const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
  warnOfPlainHttp({ secure: true, issuer: 'https://auth.example.com' });
  expect(emit).not.toHaveBeenCalled();
  for (const port of [3000, 3001]) {
    warnOfPlainHttp({ secure: false, issuer: `http://127.0.0.1:${port}` });
  }
  expect(emit.mock.calls).toEqual([
    [
      'The issuer http://127.0.0.1:3000 is for development: over http: its cookies are neither "Secure" nor "__Host-".',
      { code: 'PORTCULLIS_PLAIN_HTTP' },
    ],
  ]);
  emit.mockRestore();
});
