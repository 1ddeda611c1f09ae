import { describe, expect, it } from 'vitest';
import {
  AuditUnavailableError,
  AuthError,
  ConfigurationError,
  DownstreamRefusedError,
  InsufficientScopeError,
  ProviderUnavailableError,
} from './errors.js';

describe('errors', () => {
  it('carry a stable code, a name and their cause', () => {
    const cause = new Error('socket closed');
    const errors = [
      new ConfigurationError([{ option: 'resource', problem: 'is missing.', remedy: 'Set it.' }], {
        cause,
      }),
      new ProviderUnavailableError('The key set did not answer.', { cause, retryAfter: 30 }),
      new InsufficientScopeError(['mcp:tools:a', 'mcp:tools:b'], ['mcp:tools:b']),
      new AuditUnavailableError('The audit log did not answer.', { cause }),
      new DownstreamRefusedError('invalid_grant'),
    ];
    expect(errors.map(({ code, name, message }) => [code, name, message])).toEqual([
      ['CONFIGURATION_INVALID', 'ConfigurationError', '"resource" is missing. Set it.'],
      ['PROVIDER_UNAVAILABLE', 'ProviderUnavailableError', 'The key set did not answer.'],
      [
        'INSUFFICIENT_SCOPE',
        'InsufficientScopeError',
        'This needs the scope mcp:tools:b, which the access token does not hold. Sign in again and allow it.',
      ],
      ['AUDIT_UNAVAILABLE', 'AuditUnavailableError', 'The audit log did not answer.'],
      [
        'DOWNSTREAM_REFUSED',
        'DownstreamRefusedError',
        'The issuer gave no token for the other server; its error code is invalid_grant.',
      ],
    ]);
    expect(errors[1]).toMatchObject({ retryAfter: 30, cause });
    expect(new ProviderUnavailableError('x').retryAfter).toBe(5);
  });

  it('repeat nothing that an issuer sent but an error code', () => {
    expect(new DownstreamRefusedError('unauthorized_client').error).toBe('unauthorized_client');
    for (const sent of ['eyJhbGciOi', 'two words', 'line\nbreak', 'x'.repeat(65), '', 7, undefined])
      expect(new DownstreamRefusedError(sent).error).toBe('unknown');
  });

  it('are recognised across two copies of this package', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('portcullis.AuthError'), {
      value: true,
    });
    expect(AuthError.isInstance(foreign)).toBe(true);
    expect(AuthError.isInstance(new ProviderUnavailableError('x'))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'x', {}])
      expect(AuthError.isInstance(other)).toBe(false);
  });
});
