import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEvent } from '../audit/audit-event.js';
import { createAuditLog } from '../audit/audit-log.js';
import { type JsonlSink, type JsonlSinkOptions, jsonlSink } from './jsonl-sink.js';
import { verifyAuditFile } from './verify-audit-file.js';

let folder: string;
let path: string;
let sinks: JsonlSink[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
  sinks = [];
  rmSync(folder, { recursive: true });
});

function opened(change: Partial<JsonlSinkOptions> = {}): JsonlSink {
  const sink = jsonlSink({ path, onFailure: 'block', ...change });
  sinks.push(sink);
  return sink;
}

function event(id: number | string, detail = 'plain'): AuditEvent {
  return {
    version: 1,
    id: String(id),
    at: 1_800_000_000_000,
    requestId: 'request-1',
    ...{ kind: 'issuer', type: 'token_refused', issuer: 'https://as.example.com', detail },
  };
}

/** A closed file of this many lines. */
async function written(count: number): Promise<readonly string[]> {
  const sink = opened();
  for (let index = 1; index <= count; index += 1) await sink.write(event(index));
  await sink.close();
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

const rewrite = (lines: readonly string[]) => writeFileSync(path, `${lines.join('\n')}\n`);

describe('jsonlSink', () => {
  it('writes one event a line, each tied to the line before, for the owner’s eyes only', async () => {
    const [first = '', second = ''] = await written(2);
    expect(first).toBe(
      '{"sequence":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","version":1,"id":"1","at":1800000000000,"requestId":"request-1","kind":"issuer","type":"token_refused","issuer":"https://as.example.com","detail":"plain"}',
    );
    // The output of `head -n 1 audit.jsonl | tr -d '\n' | sha256sum`.
    const previous = createHash('sha256').update(first).digest('hex');
    expect(JSON.parse(second)).toMatchObject({ sequence: 2, previous });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('keeps one event on one line, whatever it holds', async () => {
    const sink = opened();
    await sink.write(event(1, 'a\nb\r\u2028c\u001b[31m"}\n{"sequence":9}'));
    await sink.write(event(2, 'x'.repeat(100_000)));
    await sink.close();
    const text = readFileSync(path, 'utf8');
    expect(text.split('\n')).toHaveLength(3);
    expect(text.length).toBeLessThan(5000);
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 2 } });
  });

  it('writes in the order of the calls, and close waits for all of them', async () => {
    const sink = opened();
    const writes = Array.from({ length: 500 }, (_, index) => sink.write(event(index + 1)));
    await sink.close();
    await Promise.all(writes);
    const ids = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(Array.from({ length: 500 }, (_, index) => `${index + 1}`));
    expect(await verifyAuditFile(path)).toEqual({ kind: 'intact', head: sink.head, tornBytes: 0 });
    await expect(sink.write(event(501))).rejects.toThrow('The audit file is closed.');
  });

  it('goes on with the chain after a restart', async () => {
    await written(3);
    const sink = opened({ fsync: true });
    expect(sink.head.sequence).toBe(3);
    await sink.write(event(4));
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 4 } });
  });

  it.each([
    ['in the middle of a line', 40],
    ['in the head of a line', 200],
    ['after its last character', 1],
  ])('goes on after a crash %s, loses no whole line and says so', async (_, bytes) => {
    await written(3);
    truncateSync(path, statSync(path).size - bytes);
    const told: string[] = [];
    const sink = opened({ report: (message) => told.push(message) });
    const whole = bytes === 1 ? 3 : 2;
    expect(sink.head.sequence).toBe(whole);
    await sink.write(event('after'));
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({
      kind: 'intact',
      head: { sequence: whole + 1 },
      tornBytes: 0,
    });
    expect(told).toHaveLength(bytes === 1 ? 0 : 1);
    if (bytes !== 1) expect(readFileSync(`${path}.torn`, 'utf8')).toMatch(/^\{"sequence":3/);
  });

  it('goes on after a crash in the very first line', async () => {
    await written(1);
    truncateSync(path, 30);
    const sink = opened({ report: () => undefined });
    expect(sink.head.sequence).toBe(0);
    await sink.write(event(1));
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 1 } });
  });

  it.each([
    ['text', 'Dear diary,\n'],
    ['text without a line end', 'Dear diary,'],
    ['other JSON', '{"level":30,"msg":"hello"}\n'],
    ['a line without end', 'x'.repeat(5_000_000)],
  ])('leaves a file alone that is not its own: %s', (_, content) => {
    writeFileSync(path, content);
    expect(() => opened()).toThrow(/^"path" ".*audit.jsonl" (does not end with|has a line)/);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('does not start without a folder, or where it may not write', () => {
    expect(() => opened({ path: join(folder, 'none', 'audit.jsonl') })).toThrow(
      'Make its folder, and let us write there.',
    );
    expect(() => opened({ path: folder })).toThrow('Pass a file that we may read and write.');
  });
});

describe('failure', () => {
  it('refuses the event, repairs the file and goes on once the disk does', async () => {
    const sink = opened();
    await sink.write(event(1));
    await sink.write(event(2));
    const { size } = statSync(path);
    // What a full disk leaves: the beginning of a line.
    const prototype = Object.getPrototypeOf(await probe());
    const original = prototype.appendFile;
    prototype.appendFile = async function (this: unknown, bytes: Buffer) {
      appendFileSync(path, bytes.subarray(0, 10));
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    try {
      const log = createAuditLog({ sinks: [sink] });
      const { version, id, at, ...entry } = event(3);
      await expect(log.record(entry as never)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      expect([version, id, at]).toEqual([1, '3', 1_800_000_000_000]);
      expect(statSync(path).size).toBe(size + 10);
    } finally {
      prototype.appendFile = original;
    }
    await sink.write(event(4));
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 3 } });
  });

  it('fails alone with an event that is no JSON', async () => {
    const sink = opened();
    const odd = { ...event(2), at: 1n } as unknown as AuditEvent;
    const results = await Promise.allSettled(
      [event(1), odd, event(3)].map((each) => sink.write(each)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 2 } });
  });

  it('fails alone with an event that no line may hold, so that the file can be opened again', async () => {
    const granted = Array.from({ length: 2500 }, () => 'x'.repeat(2000));
    const sink = opened();
    await expect(sink.write({ ...event(1), granted } as AuditEvent)).rejects.toThrow('too long');
    await sink.write({ ...event(2), granted: granted.slice(0, 2090) } as AuditEvent);
    await sink.close();
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 1 } });
    expect(opened().head.sequence).toBe(1);
  });

  it('refuses events when too many wait, so that memory stays bounded', async () => {
    const sink = opened({ maxWaiting: 2 });
    const writes = [1, 2, 3, 4, 5].map((id) => sink.write(event(id)));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2);
    const reason = results.find((result) => result.status === 'rejected');
    expect(reason).toMatchObject({ reason: new Error('Too many audit events wait for the disk.') });
  });

  async function probe() {
    const { open } = await import('node:fs/promises');
    const handle = await open(path, 'r');
    await handle.close();
    return handle;
  }
});

describe('one writer', () => {
  it('refuses a second writer by name, until the first one closes', async () => {
    const first = opened();
    expect(() => opened()).toThrow(new RegExp(`is being written by process ${process.pid} on`));
    await first.close();
    expect(opened().head.sequence).toBe(0);
  });

  const holder = (change: object) => {
    const started = Math.round(Date.now() - process.uptime() * 1000);
    const host = hostname();
    const lock = { pid: process.pid, host, started, id: 'other', ...change };
    writeFileSync(`${path}.lock`, JSON.stringify(lock));
  };

  it('takes over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    holder({ pid });
    expect(opened().head.sequence).toBe(0);
  });

  it('takes over from an earlier process with our own number, as after a container’s restart', () => {
    holder({ started: 1_000 });
    expect(opened().head.sequence).toBe(0);
  });

  it('takes over from another machine only after a minute without a sign of life', () => {
    holder({ host: 'elsewhere', pid: 1 });
    expect(() => opened()).toThrow('is being written by process 1 on elsewhere');
    const old = new Date(Date.now() - 61_000);
    utimesSync(`${path}.lock`, old, old);
    expect(opened().head.sequence).toBe(0);
  });

  it('leaves a lock that it cannot read to its signs of life: another user may hold it', () => {
    writeFileSync(`${path}.lock`, 'not for you');
    expect(() => opened()).toThrow('is being written by another process.');
    const old = new Date(Date.now() - 61_000);
    utimesSync(`${path}.lock`, old, old);
    expect(opened().head.sequence).toBe(0);
  });

  it('stops writing once somebody else has taken the file over, and leaves the lock to them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const sink = opened();
      await sink.write(event(1));
      holder({});
      vi.advanceTimersByTime(5_000);
      await expect(sink.write(event(2))).rejects.toThrow(
        'Another process has taken over the audit file.',
      );
      await sink.close();
    } finally {
      vi.useRealTimers();
    }
    expect(existsSync(`${path}.lock`)).toBe(true);
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 1 } });
  });

  it('looks after a stall whether the file was taken over, before it writes', async () => {
    const sink = opened();
    await sink.write(event(1));
    holder({});
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      await expect(sink.write(event(2))).rejects.toThrow('has taken over the audit file');
    } finally {
      vi.useRealTimers();
    }
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 1 } });
  });

  it('leaves no file but its own behind', async () => {
    holder({ started: 1_000 });
    const sink = opened();
    await sink.write(event(1));
    await sink.close();
    expect(readdirSync(folder)).toEqual(['audit.jsonl']);
  });
});

describe('verifyAuditFile', () => {
  it('accepts an empty file and one that is as it was written', async () => {
    writeFileSync(path, '');
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 0 } });
    await written(1000);
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', head: { sequence: 1000 } });
  });

  it.each<[string, (lines: string[]) => string[], object]>([
    [
      'a value altered',
      (lines) => lines.with(4, (lines[4] ?? '').replace('"id":"5"', '"id":"6"')),
      { line: 6, reason: 'hash' },
    ],
    ['a space added', (lines) => lines.with(4, `${lines[4]} `), { line: 6, reason: 'hash' }],
    ['a line dropped', (lines) => lines.toSpliced(4, 1), { line: 5, reason: 'sequence' }],
    ['the first line dropped', (lines) => lines.slice(1), { line: 1, reason: 'sequence' }],
    [
      'a line doubled',
      (lines) => lines.toSpliced(4, 0, lines[4] ?? ''),
      { line: 6, reason: 'sequence' },
    ],
    [
      'a line inserted',
      (lines) => lines.toSpliced(4, 0, (lines[3] ?? '').replace('"sequence":4', '"sequence":5')),
      { line: 5, reason: 'hash' },
    ],
    [
      'two lines exchanged',
      (lines) => lines.with(4, lines[5] ?? '').with(5, lines[4] ?? ''),
      { line: 5, reason: 'sequence' },
    ],
    [
      'lines renumbered after a drop',
      (lines) =>
        lines
          .toSpliced(4, 1)
          .map((line, index) => line.replace(/"sequence":\d+/, `"sequence":${index + 1}`)),
      { line: 5, reason: 'hash' },
    ],
    ['a blank line', (lines) => lines.toSpliced(4, 0, ''), { line: 5, reason: 'not_an_event' }],
    [
      'a line of noise',
      (lines) => lines.toSpliced(4, 0, '\u0000'),
      { line: 5, reason: 'not_an_event' },
    ],
    [
      'a link of another type',
      (lines) => lines.with(4, (lines[4] ?? '').replace('"sequence":5', '"sequence":"5"')),
      { line: 5, reason: 'not_an_event' },
    ],
  ])('finds %s', async (_, change, found) => {
    rewrite(change([...(await written(10))]));
    expect(await verifyAuditFile(path)).toEqual({ kind: 'broken', ...found });
  });

  it('finds lines cut from the end against a head that was noted, and lets the file grow', async () => {
    const lines = await written(10);
    const noted = await verifyAuditFile(path);
    if (noted.kind !== 'intact') throw new Error('The file should be intact.');
    const head = noted.head.sha256;
    rewrite(lines.slice(0, 9));
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact' });
    expect(await verifyAuditFile(path, { head })).toEqual({
      kind: 'broken',
      line: 10,
      reason: 'head_missing',
    });
    rewrite(lines);
    const sink = opened();
    await sink.write(event(11));
    await sink.close();
    expect(await verifyAuditFile(path, { head })).toMatchObject({ kind: 'intact' });
  });

  it('tells a write that is under way from a broken chain', async () => {
    await written(3);
    appendFileSync(path, '{"seq');
    expect(await verifyAuditFile(path)).toMatchObject({ kind: 'intact', tornBytes: 5 });
  });

  it('does not read a line without end into memory', async () => {
    writeFileSync(path, 'x'.repeat(6_000_000));
    expect(await verifyAuditFile(path)).toEqual({
      kind: 'broken',
      line: 1,
      reason: 'not_an_event',
    });
  });

  it('throws where there is no file', async () => {
    await expect(verifyAuditFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
