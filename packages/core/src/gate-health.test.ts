import { expect, it } from 'vitest';
import type { AuditSink } from './audit/audit-sink.js';
import { memorySink } from './audit/memory-sink.js';
import { gateWith, post, provider } from './gate.harness.js';

const status = () => [{ issuers: ['https://as.example'], usable: true, keys: 1, age: 12 }];
const event = {
  kind: 'discovery',
  requestId: 'request-1',
  document: 'protected_resource',
  status: 200,
} as const;

it('says how issuers, sinks and memory are, and asks nobody for it', async () => {
  let asked = 0;
  const counting = {
    ...provider,
    verify: (...given: Parameters<typeof provider.verify>) => {
      asked += 1;
      return provider.verify(...given);
    },
  };
  const gate = gateWith({ provider: { ...counting, status }, audit: [memorySink()] });
  await gate.authenticate(post({ authorization: 'Bearer good' }));
  await gate.authenticate(post({ authorization: 'Bearer expired' }));
  expect(gate.health()).toEqual({
    issuers: [{ issuers: ['https://as.example'], usable: true, keys: 1, age: 12 }],
    sinks: [{ onFailure: 'drop', failing: false, lost: 0 }],
    remembered: 1,
  });
  expect(asked).toBe(2);
});

it('knows nothing of a provider that does not tell, and remembers nothing where it shall not', async () => {
  const gate = gateWith({ remembered: 0 });
  await gate.authenticate(post({ authorization: 'Bearer good' }));
  expect(gate.health()).toEqual({ issuers: [], sinks: [], remembered: 0 });
});

it('says which sink fails, since when and what that cost, and not why', async () => {
  let full = true;
  const failing = (onFailure: AuditSink['onFailure']): AuditSink => ({
    onFailure,
    write: async () => {
      if (full) throw new Error('/var/log/secret-path is full');
    },
  });
  const clock = () => 1_800_000_000_000;
  const audit = [failing('block'), memorySink(), failing('drop')];
  const gate = gateWith({ audit, clock });
  await expect(gate.audit.record(event)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  await expect(gate.audit.record(event)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  const cost = { failedAt: 1_800_000_000_000, lost: 2 };
  expect(gate.health().sinks).toEqual([
    { onFailure: 'block', failing: true, ...cost },
    { onFailure: 'drop', failing: false, lost: 0 },
    { onFailure: 'drop', failing: true, ...cost },
  ]);
  full = false;
  await gate.audit.record(event);
  await expect
    .poll(() => gate.health().sinks.map((sink) => [sink.failing, sink.lost]))
    .toEqual([
      [false, 2],
      [false, 0],
      [false, 2],
    ]);
});
