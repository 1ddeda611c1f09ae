import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type AuditEvent, type MemorySink, memorySink } from '@portcullis/core';

/** Events that are kept at hand. */
const CAPACITY = 10_000;
/** Bytes from the end of the file that are read at start. */
const TAIL_BYTES = 8 * 1024 * 1024;

/**
 * The newest events in memory, those of earlier runs included where a file keeps them.
 *
 * Does NOT check the chain of the file: `verifyAuditFile` of `@portcullis/core/node` does.
 *
 * @param path - What `jsonlSink` writes to. It need not be there yet.
 */
export function recentTrail(path: string | undefined): MemorySink {
  const sink = memorySink({ capacity: CAPACITY });
  const lines = path === undefined ? [] : lastLines(path);
  for (const line of lines.slice(-CAPACITY)) {
    const event = readEvent(line);
    if (event) void sink.write(event);
  }
  return sink;
}

function lastLines(path: string): readonly string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // Whether it can be written is the sink's to say.
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - TAIL_BYTES);
    const tail = Buffer.alloc(size - start);
    readSync(file, tail, 0, tail.length, start);
    const lines = tail.toString('utf8').split('\n');
    // What the cut went through is no line.
    return start === 0 ? lines : lines.slice(1);
  } finally {
    closeSync(file);
  }
}

function readEvent(line: string): AuditEvent | undefined {
  try {
    const { sequence: _, previous: __, ...event } = JSON.parse(line);
    return event.version === 1 ? (event as AuditEvent) : undefined;
  } catch {
    return undefined;
  }
}
