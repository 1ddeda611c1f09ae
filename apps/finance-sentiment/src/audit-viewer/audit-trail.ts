import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type AuditEvent, type MemorySink, memorySink } from '@portcullis/core';
import { z } from 'zod';

/** Events that are kept at hand. */
const CAPACITY = 10_000;
/** Bytes from the end of the file that are read at start. */
const TAIL_BYTES = 8 * 1024 * 1024;

/**
 * The newest events in memory, those of earlier runs included where a file keeps them.
 *
 * Does NOT check the chain of the file: `verifyAuditFile` of `@portcullis/core/node` does. What is no event is passed over.
 *
 * @param path - What `jsonlSink` writes to. It need not be there yet.
 */
export function recentTrail(path: string | undefined): MemorySink {
  const sink = memorySink({ capacity: CAPACITY });
  const lines = path === undefined ? [] : lastLines(path);
  for (const line of lines) {
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
    // What the cut went through is no event any more.
    return tail.toString('utf8').split('\n');
  } finally {
    closeSync(file);
  }
}

const text = z.string();
const texts = z.array(text);
/** The latest that a date can be. */
const time = z.number().min(0).max(8.64e15);
/** It stands in the address of its page. */
const id = text.regex(/^[\w-]{1,100}$/);
const head = { version: z.literal(1), id, at: time, requestId: text };

/** As much of an event as the viewer reads; all else stays as it is. */
const eventSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    ...{ ...head, kind: z.literal('decision'), operationId: text, outcome: text },
    ...{ reason: text.optional(), detail: text.optional() },
    ...{ method: text.optional(), name: text.optional() },
    ...{ required: texts, granted: texts, missing: texts },
    actor: z
      .looseObject({
        ...{ kind: text, subject: text, clientId: text, tokenId: text },
        actors: z.array(z.looseObject({ subject: text })).optional(),
      })
      .optional(),
    wouldHave: z.looseObject({ outcome: text, reason: text, detail: text.optional() }).optional(),
    input: z.looseObject({ bytes: z.number(), sha256: text }).optional(),
  }),
  z.looseObject({
    ...{ ...head, kind: z.literal('completion'), operationId: text, outcome: text },
    durationMs: z.number(),
  }),
  z.looseObject({
    ...{ ...head, kind: z.literal('issuer'), type: text, detail: text.optional() },
    ...{ clientId: text.optional(), subject: text.optional() },
    ...{ tokenId: text.optional(), grantId: text.optional() },
    ...{ requested: texts.optional(), granted: texts.optional() },
  }),
  z.looseObject({ ...head, kind: z.literal('discovery'), document: text }),
]);

function readEvent(line: string): AuditEvent | undefined {
  try {
    const { sequence: _, previous: __, ...event } = JSON.parse(line);
    return eventSchema.safeParse(event).success ? (event as AuditEvent) : undefined;
  } catch {
    return undefined;
  }
}
