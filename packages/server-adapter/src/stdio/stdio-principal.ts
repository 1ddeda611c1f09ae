import {
  ConfigurationError,
  type ConfigurationProblem,
  isScopeToken,
  type Principal,
} from '@portcullis/core';

/** Who may use a server that runs as a child of its client. */
export interface StdioPrincipalOptions {
  /** Who this is to the server's data, such as `local:ada`. */
  readonly subject: string;
  /** Which program asks. Default `stdio`. */
  readonly clientId?: string;
  /** What it may do, wildcards included. */
  readonly scopes: readonly string[];
}

/** The last second that a `Date` can hold: whoever starts the process ends its access with it. */
const NEVER = 8_640_000_000_000;

/**
 * A principal whom nobody verified: whoever starts the process is trusted to say who this is. It has no issuer that could be mistaken
 * for one of yours, and nothing can be exchanged on its behalf.
 *
 * @throws {ConfigurationError} when nobody is named, such as by a variable of the environment that is not set.
 * @see MCP 2026-07-28, Authorization, "Protocol Requirements": stdio takes its credentials from the environment
 */
export function stdioPrincipal(options: StdioPrincipalOptions): Principal {
  const { subject, clientId = 'stdio', scopes } = options;
  const problems = principalProblems(subject, clientId, scopes);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    ...{ kind: 'principal', actor: 'user', issuer: 'urn:portcullis:stdio' },
    ...{ subject, clientId, tokenId: crypto.randomUUID(), expiresAt: NEVER },
    ...{ scopes: Object.freeze([...scopes]), claims: Object.freeze({}) },
  } as const);
}

/** What comes from an environment is often not there, and a principal without a name is everybody's. */
function principalProblems(
  subject: unknown,
  clientId: unknown,
  scopes: unknown,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });
  const isName = (value: unknown) => typeof value === 'string' && value.trim() !== '';
  const isScope = (value: unknown) => typeof value === 'string' && isScopeToken(value);
  if (!isName(subject)) report('subject', 'names nobody.', 'Say who uses this server.');
  if (!isName(clientId)) report('clientId', 'names no program.', 'Leave it out for "stdio".');
  if (!Array.isArray(scopes) || !scopes.every(isScope)) {
    report('scopes', 'is no list of scopes.', "Write it like ['mcp:tools:*'].");
  }
  return problems;
}
