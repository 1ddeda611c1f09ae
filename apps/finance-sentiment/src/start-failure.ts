import { AuthError, ConfigurationError } from '@portcullis/core';

/** Errors of the operating system carry these. */
interface SystemError extends Error {
  readonly code: string;
  readonly port?: number;
  readonly address?: string;
  readonly path?: string;
  readonly hostname?: string;
}

/**
 * Why the server did not start, in words that say what to do. Known causes fit on one line each; anything else keeps its stack,
 * since then the fault is ours.
 */
export function startFailure(error: unknown): string {
  if (error instanceof ConfigurationError) {
    const lines = error.problems.map(
      ({ option, problem, remedy }) => `  ${option} ${problem} ${remedy}`,
    );
    return ['The configuration is wrong; nothing was started.', ...lines].join('\n');
  }
  if (AuthError.isInstance(error) || isStorageError(error)) return `Cannot start: ${error.message}`;
  if (isSystemError(error)) return `Cannot start: ${systemFailure(error)}`;
  return error instanceof Error ? `Cannot start: ${error.stack ?? error.message}` : String(error);
}

function systemFailure(error: SystemError): string {
  const { code, port, path, address } = error;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use. Stop the program that has it, or set PORT to a free port.`;
    case 'EADDRNOTAVAIL':
      return `${address} is not an address of this computer. Set HOST to one, or leave it out.`;
    case 'ENOTFOUND':
      return `${error.hostname} has no address. Set HOST to an address of this computer, or leave it out.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return port === undefined
        ? `${path} cannot be written. Set DATA_DIR or AUDIT_LOG to a place that can.`
        : `port ${port} needs more rights. Set PORT to one above 1023.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is in the way: it is a file, not a folder. Set DATA_DIR to another place.`;
    default:
      return error.message;
  }
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The stores word their own errors for the operator. */
function isStorageError(error: unknown): error is Error {
  return error instanceof Error && ['StoreError', 'LocalStoreError'].includes(error.name);
}
