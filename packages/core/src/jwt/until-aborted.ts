import { ProviderUnavailableError } from '../errors.js';

/**
 * Waits for an answer that others may wait for as well; a caller that gives up ends its own wait only.
 *
 * @throws {ProviderUnavailableError} once the signal is aborted.
 */
export async function untilAborted<Value>(
  answer: Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(new ProviderUnavailableError('The wait for the issuer was ended.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
