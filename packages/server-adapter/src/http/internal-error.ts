/** The answer to what should not have happened. Why it did is for the operator alone. */
export function internalError(): Response {
  const error = { code: -32603, message: 'Internal error' };
  return new Response(JSON.stringify({ jsonrpc: '2.0', error, id: null }), {
    status: 500,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

/** Whether an error only says that the client went away; while it is there, any error is worth telling of. */
export function isHangUp(error: unknown, { signal }: Request): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

/** Whatever was thrown as an `Error`: to some hosts `undefined` says that nothing went wrong, and `'route'` is a command. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error('What was thrown is not an Error.', { cause: thrown });
}

/** Where an error goes that nobody wants to be told of: every runtime has one. */
export function toConsole(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: an error must not vanish.
  console.error(error);
}
