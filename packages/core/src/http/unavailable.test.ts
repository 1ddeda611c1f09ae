import { expect, it } from 'vitest';
import { AuditUnavailableError, ProviderUnavailableError } from '../errors.js';
import { unavailableResponse } from './unavailable.js';

it.each([
  [new ProviderUnavailableError('The key set did not answer.'), '5'],
  [new ProviderUnavailableError('x', { retryAfter: 1.2 }), '2'],
  [new ProviderUnavailableError('x', { retryAfter: 0 }), '1'],
  [new AuditUnavailableError('x'), '5'],
])(
  'answers an outage with 503, never 401, and says when to come back: %s (RS-61)',
  async (error, seconds) => {
    const response = unavailableResponse(error);
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'retry-after': seconds,
    });
    expect(await response.text()).toBe(
      '{"error":"temporarily_unavailable","error_description":"Access cannot be decided right now; try again later"}',
    );
  },
);
