import { type ConfigurationProblem, isLoopback } from '@portcullis/core';

/** Whether tokens and secrets may be sent there, or keys fetched: over TLS, or between two programs of one machine. */
export function isSafeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** The problem of an option that is no such URL. */
export function urlProblems(option: string, value: unknown): readonly ConfigurationProblem[] {
  if (value === undefined || isSafeUrl(value)) return [];
  const problem = 'must be an HTTPS URL unless it is on loopback, without credentials or fragment.';
  return [{ option, problem, remedy: 'Copy it from the issuer’s metadata or manual.' }];
}
