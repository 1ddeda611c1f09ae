import type { ServerResponse } from 'node:http';

/**
 * Tells how an exchange ended, also where it has.
 *
 * @param listener - Gets the status of the answer; nothing where the connection closed before all of it was sent.
 */
export function whenClosed(
  response: ServerResponse,
  listener: (status: number | undefined) => void,
): void {
  const tell = () => listener(response.writableFinished ? response.statusCode : undefined);
  if (response.closed) tell();
  else response.once('close', tell);
}
