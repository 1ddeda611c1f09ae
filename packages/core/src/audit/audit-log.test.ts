import { describe, expect, it } from 'vitest';
import { AuditUnavailableError } from '../errors.js';
import type { AuditEntry, AuditEvent } from './audit-event.js';
import { auditLine } from './audit-line.js';
import { createAuditLog } from './audit-log.js';
import { consoleSink } from './console-sink.js';
import { memorySink } from './memory-sink.js';

const entry: AuditEntry = {
  kind: 'decision',
  requestId: 'request-1',
  operationId: 'operation-1',
  outcome: 'denied',
  reason: 'missing_scope',
  method: 'tools/call',
  name: 'pay',
  required: ['mcp:tools:pay'],
  granted: [],
  missing: ['mcp:tools:pay'],
};

describe('createAuditLog', () => {
  it('gives each event a version, an id and a time', async () => {
    const sink = memorySink();
    const log = createAuditLog({ sinks: [sink], clock: () => 1_700_000_000_000 });
    await log.record(entry);
    await log.record({ ...entry, trace: '0af7651916cd43dd8448eb211c80319c' });
    expect(sink.events).toEqual([
      { version: 1, id: expect.any(String), at: 1_700_000_000_000, ...entry },
      {
        version: 1,
        id: expect.any(String),
        at: 1_700_000_000_000,
        ...entry,
        trace: '0af7651916cd43dd8448eb211c80319c',
      },
    ]);
    expect(sink.events[0]?.id).not.toBe(sink.events[1]?.id);
  });

  it('stops what a blocking sink cannot record, but gives the other sinks their event', async () => {
    const memory = memorySink();
    const log = createAuditLog({
      sinks: [{ onFailure: 'block', write: () => Promise.reject(new Error('disk full')) }, memory],
    });
    const recording = log.record(entry);
    await expect(recording).rejects.toThrow(AuditUnavailableError);
    await expect(recording).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      cause: new Error('disk full'),
    });
    expect(memory.events).toHaveLength(1);
  });

  it('lets no sink lose events that does not say "drop" letter for letter', async () => {
    const write = () => Promise.reject(new Error('disk full'));
    const sink = { onFailure: 'Block' as 'block', write };
    await expect(createAuditLog({ sinks: [sink] }).record(entry)).rejects.toThrow(
      AuditUnavailableError,
    );
  });

  it('counts what a dropping sink loses and warns at the first and each hundredth', async () => {
    const warnings: string[] = [];
    const log = createAuditLog({
      sinks: [
        {
          onFailure: 'drop',
          write() {
            throw new Error('gone');
          },
        },
      ],
      warn: (message) => warnings.push(message),
    });
    for (let index = 0; index < 101; index += 1) await log.record(entry);
    expect(log.dropped).toBe(101);
    expect(warnings).toEqual([
      'An audit sink failed; events lost so far: 1.',
      'An audit sink failed; events lost so far: 101.',
    ]);
  });

  it('waits for no sink that may lose an event: one that hangs holds up no request', async () => {
    const memory = memorySink();
    const hanging = { onFailure: 'drop', write: () => new Promise<void>(() => {}) } as const;
    await createAuditLog({ sinks: [hanging, memory] }).record(entry);
    expect(memory.events).toHaveLength(1);
  });

  it('keeps the newest events in a memory sink', () => {
    const sink = memorySink({ capacity: 2 });
    for (const id of ['1', '2', '3']) sink.write({ version: 1, id, at: 0, ...entry } as AuditEvent);
    expect(sink.events.map(({ id }) => id)).toEqual(['2', '3']);
  });
});

describe('auditLine', () => {
  const line = (name: string) =>
    auditLine({ version: 1, id: 'i', at: 0, ...entry, name } as AuditEvent);

  it('is one line whatever the values hold (ATK-88)', () => {
    const hostile = 'a\r\nb\u2028c\u2029d\u001b[31me\u009bf\u202eg"h\\i\u007f';
    const written = line(hostile);
    const control = [...written].filter((character) => {
      const code = character.charCodeAt(0);
      return (
        code < 32 ||
        (code > 126 && code < 160) ||
        code === 0x2028 ||
        code === 0x2029 ||
        code === 0x202e
      );
    });
    expect(control).toEqual([]);
    expect((JSON.parse(written) as { name: string }).name).toBe(hostile);
  });

  it('cuts endless values', () => {
    expect(line('x'.repeat(1_000_000)).length).toBeLessThan(3000);
  });

  it('is what the console sink prints', async () => {
    const printed: string[] = [];
    const sink = consoleSink({ print: (text) => printed.push(text) });
    await sink.write({ version: 1, id: 'i', at: 0, ...entry } as AuditEvent);
    expect(printed).toEqual([line('pay')]);
  });
});
