import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from './audit-event.js';
import { openTelemetrySink } from './open-telemetry-sink.js';
import { denied, deniedTo, rated } from './sample-events.harness.js';

function emitted(...events: readonly AuditEvent[]) {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const sink = openTelemetrySink(provider.getLogger('portcullis'));
  for (const event of events) void sink.write(event);
  return exporter.getFinishedLogRecords();
}

describe('openTelemetrySink', () => {
  it('emits every value of an event as an attribute', () => {
    const [record] = emitted(denied);
    expect(record).toMatchObject({
      eventName: 'portcullis.decision.denied',
      severityNumber: 13,
      severityText: 'WARN',
      hrTime: [1_700_000_000, 123_000_000],
    });
    expect(record?.attributes).toEqual({
      'portcullis.version': 1,
      'portcullis.id': '018f3f5c-0000-4000-8000-000000000001',
      'portcullis.requestId': 'request-1',
      'portcullis.trace': '0af7651916cd43dd8448eb211c80319c',
      'portcullis.kind': 'decision',
      'portcullis.operationId': 'operation-1',
      'portcullis.outcome': 'denied',
      'portcullis.reason': 'missing_scope',
      'portcullis.actor.kind': 'user',
      'portcullis.actor.issuer': 'https://login.example.com',
      'portcullis.actor.subject': 'ada',
      'portcullis.actor.clientId': 'https://app.example.com/client.json',
      'portcullis.actor.tokenId': 'token-1',
      'portcullis.actor.actors': [{ subject: 'agent' }],
      'portcullis.method': 'tools/call',
      'portcullis.name': 'pay',
      'portcullis.required': ['mcp:tools:pay'],
      'portcullis.granted': [],
      'portcullis.missing': ['mcp:tools:pay'],
      'portcullis.input.bytes': 2,
      'portcullis.input.sha256': '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    });
  });

  it('rates each event by OpenTelemetry’s numbers', () => {
    const numbers = { info: [9, 'INFO'], warn: [13, 'WARN'], error: [17, 'ERROR'] };
    expect(
      emitted(...rated.map(([event]) => event)).map((record) => [
        record.severityNumber,
        record.severityText,
        record.eventName,
      ]),
    ).toEqual(rated.map(([, severity, name]) => [...numbers[severity], name]));
  });

  it('spells out what could steer a terminal', () => {
    const [record] = emitted(deniedTo('pay\u009b31m'));
    expect(record?.attributes['portcullis.name']).toBe(String.raw`pay\u009b31m`);
  });

  it('only ever drops, since exporters lose records without a word', () => {
    expect(openTelemetrySink({ emit: () => {} }).onFailure).toBe('drop');
  });
});
