import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';

/** The SQLSTATE of an error (PostgreSQL appendix A), or the code of a socket error; empty where it has none. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether PostgreSQL undid the statement because another one got in its way, so that it may be sent again. */
export function isCollision(error: unknown): boolean {
  // serialization_failure, deadlock_detected
  return ['40001', '40P01'].includes(codeOf(error));
}

/** Why a running store could not answer: an outage, which is a 503 on the wire and never a verdict. */
export function outage(error: unknown): ProviderUnavailableError {
  // query_canceled (the statement timeout), lock_not_available, too_many_connections
  const soon = isCollision(error) || ['57014', '55P03', '53300'].includes(codeOf(error));
  return new ProviderUnavailableError(
    `The PostgreSQL store cannot be asked: ${messageOf(error)}.`,
    { cause: error, retryAfter: soon ? 1 : 5 },
  );
}

/** What a failed start means: a {@link ConfigurationError} where only a person can help, an outage everywhere else. */
export function startFailure(option: string, error: unknown): Error {
  const remedy = remedies[codeOf(error)];
  if (remedy === undefined) return outage(error);
  return new ConfigurationError([{ option, problem: `is refused: ${messageOf(error)}.`, remedy }], {
    cause: error,
  });
}

const remedies: Readonly<Record<string, string>> = {
  '28P01': 'Correct the user or the password.',
  '28000': 'Correct the user, or allow it in pg_hba.conf.',
  '3D000': 'Create the database, or name another one.',
  '42501':
    'Let the role create the schema (GRANT CREATE ON DATABASE), or migrate once with a role that may and give this one USAGE and all on its tables.',
};

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  // Several addresses were tried: the message is empty, the code is not.
  return (error.message || codeOf(error)).replace(/\.$/, '');
}
