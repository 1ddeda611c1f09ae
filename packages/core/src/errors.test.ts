import { describe, expect, it } from 'vitest';
import {
  AuditUnavailableError,
  AuthError,
  ConfigurationError,
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
    ]);
    expect(errors[1]).toMatchObject({ retryAfter: 30, cause });
    expect(new ProviderUnavailableError('x').retryAfter).toBe(5);
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
