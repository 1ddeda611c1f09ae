import type { CompletionEvent } from '@portcullis/core';
import { isObject, type RequestId } from '../message/json-rpc.js';

/** How an operation ended. */
export type Outcome = CompletionEvent['outcome'];

/** How much of one message is looked at for its outcome, in characters; a longer one counts as a success. */
const MAX_INSPECTED = 1_048_576;

/** Reads the outcomes of operations off an answer while it passes. */
export interface OutcomeReader {
  read(chunk: Uint8Array): void;
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
  const outcomes = new Map<RequestId, Outcome>();
  const decoder = new TextDecoder();
  let pending = '';
  /** Whether the message at hand is too long to keep, and whether any was. */
  let skipped = false;
  let tooLong = false;

  function skip(): void {
    skipped = true;
    tooLong = true;
    pending = '';
  }

  function line(text: string): void {
    // The SDKs write a message on one line; what is written otherwise stays unknown.
    if (text.startsWith('data:')) note(outcomes, text.slice(5));
  }

  return {
    read(chunk) {
      const text = decoder.decode(chunk, { stream: true });
      if (!events) {
        if (skipped) return;
        pending += text;
        if (pending.length > MAX_INSPECTED) skip();
        return;
      }
      const lines = (pending + text).split(/\r\n|\n|\r/);
      pending = lines.pop() ?? '';
      for (const one of lines) {
        if (!skipped) line(one);
        skipped = false;
      }
      if (pending.length > MAX_INSPECTED) skip();
    },
    outcome(id, whole) {
      if (!whole) return outcomes.get(id) ?? 'unknown';
      if (pending !== '' && !skipped) {
        if (events) line(pending);
        else note(outcomes, pending);
        pending = '';
      }
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
