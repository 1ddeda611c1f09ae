import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { auditEventName } from './audit-event-name.js';
import { auditSeverity } from './audit-severity.js';
import { pinoSink } from './pino-sink.js';
import { denied, deniedTo, rated } from './sample-events.harness.js';

function logged(level: string, ...events: readonly (typeof denied)[]): string[] {
  const lines: string[] = [];
  const logger = pino(
    { level, base: null, timestamp: false },
    { write: (line) => lines.push(line) },
  );
  const sink = pinoSink(logger);
  for (const event of events) void sink.write(event);
  return lines;
}

describe('pinoSink', () => {
  it('hands over the whole event under "audit", with its name as the message', () => {
    const [line] = logged('info', denied);
    expect(JSON.parse(line ?? '')).toEqual({
      level: 40,
      msg: 'portcullis.decision.denied',
      audit: denied,
    });
  });

  it('leaves nothing in a line that could steer a terminal', () => {
    const [line] = logged('info', deniedTo('pay\u009b31m\u202e\n'));
    expect(line).toContain(String.raw`"name":"pay\\u009b31m\\u202e\\u000a"`);
  });

  it('warns of refusals and misuse, and calls an outage an error', () => {
    expect(rated.map(([event]) => [event, auditSeverity(event), auditEventName(event)])).toEqual(
      rated,
    );
    const levels = { info: 30, warn: 40, error: 50 };
    const lines = logged('info', ...rated.map(([event]) => event)).map((line) => JSON.parse(line));
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual(
      rated.map(([, severity, name]) => [levels[severity], name]),
    );
  });

  it('only ever drops, since a logger says nothing of what it leaves out', () => {
    expect(logged('silent', denied)).toEqual([]);
    expect(pinoSink(pino({ enabled: false })).onFailure).toBe('drop');
  });
});
