import { ProviderUnavailableError } from '@portcullis/core';

/**
 * Waits for an answer of the tenant; a caller that gives up ends its own wait only.
 *
 * @throws {ProviderUnavailableError} once the signal is aborted.
 */
export async function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(new ProviderUnavailableError('The wait for the tenant was ended.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
