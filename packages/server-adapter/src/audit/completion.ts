import type { CompletionEvent } from '@portcullis/core';
import { eventReader } from '../answer/event-stream.js';
import { isObject, type RequestId } from '../message/json-rpc.js';

/** How an operation ended. */
export type Outcome = CompletionEvent['outcome'];

/** How much of one message is looked at for its outcome, in characters; a longer one counts as a success. */
const MAX_INSPECTED = 1_048_576;

/** Reads the outcomes of operations off an answer while it passes. */
export interface OutcomeReader {
  read(chunk: Uint8Array | string): void;
  /**
   * After the last chunk: how the request of this id ended. `unknown` when no answer to it passed.
   *
   * @param whole - Whether the body came to its end.
   */
  outcome(id: RequestId, whole: boolean): Outcome;
}

/** For an answer of JSON or of server-sent events; of anything else nothing is read. */
export function outcomeReader(contentType: string | null): OutcomeReader {
  const events = /^text\/event-stream\b/i.test(contentType ?? '');
  return events ? eventOutcomes() : jsonOutcomes();
}

function eventOutcomes(): OutcomeReader {
  const reader = eventReader(MAX_INSPECTED);
  const outcomes = new Map<RequestId, Outcome>();
  let tooLong = false;
  return {
    read(chunk) {
      const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
      for (const part of reader.read(bytes)) {
        if (part.kind === 'too_long') tooLong = true;
        else if (part.kind === 'event' && part.event.data) note(outcomes, part.event.data);
      }
    },
    outcome: (id, whole) => outcomes.get(id) ?? (whole && tooLong ? 'succeeded' : 'unknown'),
  };
}

function jsonOutcomes(): OutcomeReader {
  const outcomes = new Map<RequestId, Outcome>();
  let decoder: TextDecoder | undefined;
  let pending = '';
  let tooLong = false;
  function decoded(chunk: Uint8Array): string {
    decoder ??= new TextDecoder();
    return decoder.decode(chunk, { stream: true });
  }
  return {
    read(chunk) {
      if (tooLong) return;
      pending += typeof chunk === 'string' ? chunk : decoded(chunk);
      tooLong = pending.length > MAX_INSPECTED;
      if (tooLong) pending = '';
    },
    outcome(id, whole) {
      if (!whole) return 'unknown';
      if (pending !== '') note(outcomes, pending);
      pending = '';
      return outcomes.get(id) ?? (tooLong ? 'succeeded' : 'unknown');
    },
  };
}

function note(outcomes: Map<RequestId, Outcome>, text: string): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return;
  }
  for (const message of Array.isArray(body) ? body : [body]) {
    if (!isObject(message) || 'method' in message) continue;
    const { id, result, error } = message;
    if (typeof id !== 'string' && typeof id !== 'number') continue;
    const failed = error !== undefined || (isObject(result) && result.isError === true);
    outcomes.set(id, failed ? 'failed' : 'succeeded');
  }
}
