import type { ConfigurationProblem } from '../errors.js';

/** Whether a URL's host is this machine. The three spellings are three hosts everywhere else. */
export function isLoopback(url: URL): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
}

/**
 * What is wrong with the URI of a resource or an issuer: HTTPS unless on loopback; no query, fragment or credentials.
 *
 * @param option - The name under which the reader set it.
 * @param remedy - What to write instead, where that cannot be told from the value. Default: words for a resource.
 * @returns The problems, none when it is fit to publish.
 * @see RFC 9728 §1.2, RFC 8414 §2, RFC 8707 §2
 */
export function identifierProblems(
  option: string,
  value: unknown,
  remedy = 'Pass the public URL, such as "https://mcp.example.com/mcp".',
): readonly ConfigurationProblem[] {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return [{ option, problem: `must be an absolute URL; got ${JSON.stringify(value)}.`, remedy }];
  }
  const url = new URL(value);
  const problems: ConfigurationProblem[] = [];
  const report = (problem: string) => problems.push({ option, problem, remedy });
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    report(`must use HTTPS unless it is on loopback; got "${url.protocol}".`);
  }
  if (url.username !== '' || url.password !== '')
    report('must not hold a user name or a password.');
  if (/[?#]/.test(value)) report('must have neither a query nor a fragment.');
  // Compared character by character by clients and in tokens, so only one spelling can be right.
  const bareOrigin = url.pathname === '/' && !value.endsWith('/');
  const canonical = bareOrigin ? url.origin : url.href;
  if (problems.length === 0 && value !== canonical) {
    problems.push({
      option,
      problem: `must be in canonical form; got "${value}".`,
      remedy: `Write "${canonical}".`,
    });
  }
  return problems;
}
