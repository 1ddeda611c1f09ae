import type { Era } from '../wire/calls.js';
import type { Check } from './check.js';

/** What became of one check in one era. */
export interface CheckResult
  extends Pick<Check, 'id' | 'also' | 'group' | 'title' | 'remedy' | 'level' | 'source'> {
  /** Absent where the requirement has nothing to do with eras. */
  readonly era?: Era;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** What was seen, or why there was nothing to check. Never holds a token. */
  readonly said?: string;
  readonly durationMs: number;
}

/** What was found at one server. */
export interface Report {
  readonly url: string;
  readonly issuer: string;
  /** Those that the server speaks. */
  readonly eras: readonly Era[];
  /** What was called beside lists, by method and name. */
  readonly operations: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly results: readonly CheckResult[];
}

/** How many results there are of a kind. */
export function count(report: Report, outcome: CheckResult['outcome']): number {
  return report.results.filter((result) => result.outcome === outcome).length;
}

/**
 * Whether a server conforms: no MUST failed and, if `strict`, nothing else either.
 */
export function conforms(report: Report, { strict = false }: { strict?: boolean } = {}): boolean {
  return !report.results.some(
    ({ outcome, level }) => outcome === 'fail' && (strict || level === 'MUST'),
  );
}
