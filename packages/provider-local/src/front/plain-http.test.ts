import { expect, it, vi } from 'vitest';
import { warnOfPlainHttp } from './plain-http.js';

it('warns of cookies over plain HTTP, once, and never of an issuer with TLS (AS-83)', () => {
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
