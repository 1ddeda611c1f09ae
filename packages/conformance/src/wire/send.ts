/** One HTTP request, header lines as they go over the wire: a name may come twice. */
export interface WireRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** `Host` is added where none is named. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Whether the text so far is all that is wanted of an answer that may never end. Default: never. */
  enough?(text: string): boolean;
  /** Default: the sender's. */
  readonly timeoutMs?: number;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As much as was wanted and allowed. */
  readonly text: string;
  /** Whether the server ended its answer itself. */
  readonly ended: boolean;
}

/**
 * Sends one request and follows no redirect.
 *
 * @throws {NoAnswerError} when there is nothing that could be called an answer.
 */
export type Send = (request: WireRequest) => Promise<Answer>;

/** There was no answer in time, or none that is HTTP. The message is for people and holds nothing of the request. */
export class NoAnswerError extends Error {
  override readonly name: string = 'NoAnswerError';
}

/** Bytes of an answer that are read. */
export const MAX_ANSWER = 1_048_576;
