import { AuthError, ConfigurationError } from '@portcullis/core';

/** Errors of the operating system carry these. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall?: string;
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

function systemFailure({
  code,
  syscall,
  port,
  path,
  address,
  hostname,
  message,
}: SystemError): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use. Stop the program that has it, or set PORT to a free port.`;
    case 'EADDRNOTAVAIL':
      return `${address} is not an address of this computer. Set HOST to one, or leave it out.`;
    case 'ENOTFOUND':
    // Where nobody can be asked for names, as without a network.
    case 'EAI_AGAIN':
      return `${hostname} has no address. Set HOST to an address of this computer, or leave it out.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is in the way: it is a file, not a folder. Set DATA_DIR to another place.`;
  }
  if (syscall === 'listen') return `port ${port} needs more rights. Set PORT to one above 1023.`;
  // On a read-only file system the system says of a folder that it is not there.
  if (syscall === 'mkdir') {
    return `${path} cannot be made (${code}). Set DATA_DIR to a folder that can be written to.`;
  }
  return message;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The stores word their own errors for the operator. */
function isStorageError(error: unknown): error is Error {
  return error instanceof Error && ['StoreError', 'LocalStoreError'].includes(error.name);
}
