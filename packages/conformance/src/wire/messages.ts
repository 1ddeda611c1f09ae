import { ID } from './calls.js';
import type { Answer } from './send.js';

/** A JSON object as it came: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether something is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON, or gives `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every JSON value in an answer: the body, or the data of each event of a stream. */
export function valuesOf({ headers, text }: Answer): readonly unknown[] {
  const streamed = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  return (streamed ? eventData(text) : [text])
    .map(parseJson)
    .filter((value) => value !== undefined);
}

/** The answer to our request, be it JSON or in a stream. */
export function messageOf(answer: Answer): JsonObject | undefined {
  const objects = valuesOf(answer).filter(isObject);
  return (
    objects.find(({ id }) => id === ID) ?? objects.find((value) => Object.hasOwn(value, 'error'))
  );
}

/** Whether an event stream has brought the answer to our request, so that nobody waits for its end. */
export function hasAnswer(text: string): boolean {
  if (!text.includes('data:')) return false;
  return eventData(text).some((data) => {
    const value = parseJson(data);
    return isObject(value) && value.id === ID;
  });
}

/** `result` of our request, `undefined` where it failed or was refused. */
export function resultOf(answer: Answer): JsonObject | undefined {
  if (answer.status !== 200) return undefined;
  const result = messageOf(answer)?.result;
  return isObject(result) ? result : undefined;
}

/** Whether what was asked for was done. */
export function succeeded(answer: Answer): boolean {
  const result = resultOf(answer);
  return result !== undefined && result.isError !== true;
}

/** The JSON-RPC error code, `undefined` where there is none. */
export function errorCodeOf(answer: Answer): number | undefined {
  const error = messageOf(answer)?.error;
  return isObject(error) && typeof error.code === 'number' ? error.code : undefined;
}

function eventData(text: string): readonly string[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((event) =>
      event
        .split(/\r\n|\n|\r/)
        .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
        .join('\n'),
    )
    .filter((data) => data !== '');
}
