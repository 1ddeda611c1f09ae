import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';

/** The first word of an error that Redis answered, such as `NOSCRIPT`; empty for an error of the connection. */
export function replyCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return /^([A-Z]+) /.exec(error.message)?.[1] ?? '';
}

/** Why a running store could not answer: an outage, which is a 503 on the wire and never a verdict. */
export function outage(error: unknown): ProviderUnavailableError {
  const message = `The Redis store cannot be asked: ${messageOf(error)}.`;
  return new ProviderUnavailableError(message, { cause: error });
}

/** What a failed start means: a {@link ConfigurationError} where only a person can help, an outage everywhere else. */
export function startFailure(option: string, error: unknown): Error {
  const remedy = remedies[replyCode(error)];
  if (remedy === undefined) return outage(error);
  return new ConfigurationError([{ option, problem: `is refused: ${messageOf(error)}.`, remedy }], {
    cause: error,
  });
}

const remedies: Readonly<Record<string, string>> = {
  WRONGPASS: 'Correct the user or the password.',
  NOAUTH: 'Give a user and a password.',
  NOPERM: 'Let the user run EVAL, EVALSHA and INFO, and the commands on hashes and sorted sets.',
};

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  // Several addresses were tried: the message is empty, the code is not.
  const text = error.message || ('code' in error ? String(error.code) : error.name);
  return text.replace(/\.$/, '');
}
