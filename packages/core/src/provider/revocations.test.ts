import { expect, it, vi } from 'vitest';
import type { Principal } from '../token/principal.js';
import type { AuthProvider, Revocation } from './auth-provider.js';
import { revocationsOf } from './revocations.js';

const ada: Principal = {
  kind: 'principal',
  actor: 'user',
  ...{ issuer: 'https://as.example', subject: 'ada', clientId: 'client-1', tokenId: 'token-1' },
  ...{ scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const others: Revocation = { kind: 'subject', subject: 'bob' };
const silent: AuthProvider = {
  specificationVersion: 'v1',
  id: 'silent',
  authorizationServers: ['https://as.example'],
  verify: async () => ada,
};

function telling() {
  let revoke: (revocation: Revocation) => void = () => {};
  const onRevocation: AuthProvider['onRevocation'] = (listen) => {
    revoke = listen;
    return () => {};
  };
  const revocations = revocationsOf({ ...silent, onRevocation });
  if (!revocations) throw new Error('not listening');
  return { revocations, revoke: (revocation: Revocation) => revoke(revocation) };
}

it.each<[Revocation, number]>([
  [{ kind: 'token', tokenId: 'token-1' }, 1],
  [{ kind: 'token', tokenId: 'token-2' }, 0],
  [{ kind: 'subject', subject: 'ada' }, 1],
  [{ kind: 'subject', subject: 'ada', clientId: 'client-1' }, 1],
  [{ kind: 'subject', subject: 'ada', clientId: 'client-2' }, 0],
  [others, 0],
  [{ kind: 'keys' }, 1],
  [{ kind: 'keys', issuers: ['https://other.example', 'https://as.example'] }, 1],
  [{ kind: 'keys', issuers: ['https://other.example'] }, 0],
  [{ kind: 'subject', subject: 'ada', issuers: ['https://as.example'] }, 1],
  [{ kind: 'subject', subject: 'ada', issuers: ['https://other.example'] }, 0],
  [{ kind: 'token', tokenId: 'token-1', issuers: ['https://other.example'] }, 0],
])('tells of %j as it is about one or not, and once (RS-86)', (revocation, times) => {
  const { revocations, revoke } = telling();
  const listen = vi.fn();
  revocations.watch(ada, revocations.count(), listen);
  revoke(revocation);
  revoke(revocation);
  expect(listen).toHaveBeenCalledTimes(times);
});

it('tells at once of what came while the request was on its way, and not of what came before (RS-86)', () => {
  const { revocations, revoke } = telling();
  const listen = vi.fn();
  revoke({ kind: 'subject', subject: 'ada' });
  const since = revocations.count();
  revocations.watch(ada, since, listen);
  expect(listen).not.toHaveBeenCalled();
  revoke(others);
  revoke({ kind: 'subject', subject: 'ada' });
  const late = vi.fn();
  revocations.watch(ada, since, late);
  expect([listen.mock.calls.length, late.mock.calls.length]).toEqual([1, 1]);
});

it('takes a request for revoked when it can no longer look back as far', () => {
  const { revocations, revoke } = telling();
  const since = revocations.count();
  for (let times = 0; times < 1000; times += 1) revoke(others);
  const listen = vi.fn();
  revocations.watch(ada, since, listen);
  expect(listen).not.toHaveBeenCalled();
  revoke(others);
  revocations.watch(ada, since, listen);
  expect(listen).toHaveBeenCalledTimes(1);
  revocations.watch(ada, revocations.count(), listen);
  expect(listen).toHaveBeenCalledTimes(1);
});

it('tells nobody who stopped listening, and does not keep them', () => {
  const { revocations, revoke } = telling();
  const listen = vi.fn();
  const stop = revocations.watch(ada, revocations.count(), listen);
  stop();
  stop();
  revoke({ kind: 'keys' });
  expect(listen).not.toHaveBeenCalled();
});

it('is not there where a provider tells nothing', () => {
  expect(revocationsOf(silent)).toBeUndefined();
});

it('tells everybody, also where one of them throws (RS-86)', () => {
  const { revocations, revoke } = telling();
  const [before, after] = [vi.fn(), vi.fn()];
  const since = revocations.count();
  revocations.watch(ada, since, before);
  revocations.watch(ada, since, () => JSON.parse('{'));
  revocations.watch(ada, since, after);
  expect(() => revoke({ kind: 'subject', subject: 'ada' })).not.toThrow();
  expect([before.mock.calls.length, after.mock.calls.length]).toEqual([1, 1]);
});
