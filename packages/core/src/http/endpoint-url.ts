import type { ConfigurationProblem } from '../errors.js';
import { isLoopback } from './resource-identifier.js';

/**
 * Whether tokens and secrets may be sent there, or keys fetched: over TLS, or between two programs of one machine.
 *
 * @param options.loopback - Whether `http:` on loopback will do. Default `true`; not where a remote issuer names the URL.
 */
export function isEndpointUrl(
  value: unknown,
  options: { readonly loopback?: boolean } = {},
): value is string {
  const { loopback = true } = options;
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (loopback && url.protocol === 'http:' && isLoopback(url));
}

/** The problem of an option that is no such URL; none where it was left out. */
export function endpointProblems(option: string, value: unknown): readonly ConfigurationProblem[] {
  if (value === undefined || isEndpointUrl(value)) return [];
  const problem = 'must be an HTTPS URL unless it is on loopback, without credentials or fragment.';
  return [{ option, problem, remedy: 'Copy it from the issuer’s metadata or manual.' }];
}
