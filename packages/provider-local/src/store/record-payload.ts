import type { StoredRecord } from './local-store.js';

/**
 * A payload as text: the one place that it passes on its way into a database.
 *
 * The engine repeats the id of a record in the member `jti`; there it would lie in the clear beside its own hash, so it is left out.
 */
export function encodePayload(id: string, payload: StoredRecord['payload']): string {
  if (payload.jti !== id) return JSON.stringify(payload);
  const { jti: _, ...rest } = payload;
  return JSON.stringify({ ...rest, [ID_LEFT_OUT]: true });
}

/**
 * The payload again.
 *
 * @param id - The id that the reader presented; puts `jti` back. A record found by its alias comes without `jti`.
 * @throws {SyntaxError} when the text was damaged.
 */
export function decodePayload(text: string, id?: string): StoredRecord['payload'] {
  const payload: unknown = JSON.parse(text);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new SyntaxError('A stored payload must be a JSON object.');
  }
  const { [ID_LEFT_OUT]: leftOut, ...rest } = payload as Record<string, unknown>;
  return leftOut === true && id !== undefined ? { ...rest, jti: id } : rest;
}

const ID_LEFT_OUT = 'portcullis:jti';
