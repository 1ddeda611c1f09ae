import { fault, type ProtocolFault } from './json-rpc.js';

/** How long a body may take to arrive, in milliseconds. */
export const BODY_MS = 30_000;

/**
 * Reads a body as UTF-8, no further than the limit and no longer than half a minute.
 *
 * @param maxBytes - Counted as they arrive: a declared length is only a claim.
 * @throws where somebody else has read it.
 */
export type BodyReader = (maxBytes: number) => Promise<string | ProtocolFault>;

const readers = new WeakMap<Request, BodyReader>();

/** Gives a request a body that is not a stream of its own: building one costs more than reading the body. */
export function withBody(request: Request, reader: BodyReader): Request {
  readers.set(request, reader);
  return request;
}

/** What {@link withBody} has given. Such a request was made by one of our hosts, so nobody else has it. */
export const bodyReaderOf = (request: Request): BodyReader | undefined => readers.get(request);

/** The answer to a body over the limit, declared or found. */
export function tooLarge(maxBytes: number): ProtocolFault {
  const message = `Payload Too Large: a request body may have ${maxBytes} bytes`;
  return fault(-32600, message, { status: 413 });
}

/** The answer to a body that does not come to its end in time. */
export const tooLate = (): ProtocolFault =>
  fault(-32600, 'The request body took too long', { status: 408 });

/** The answer to a body that is no text. */
export const unreadable = (): ProtocolFault =>
  fault(-32700, 'Parse error: the request body is not UTF-8 or broke off');

/** For the operator: a client cannot help it, so it is no fault of the request. */
export const readBefore = (): Error =>
  new Error('The body was read before the gate saw it: mount the endpoint before what reads it.');
