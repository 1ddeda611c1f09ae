/**
 * How a fact fared. `observed` never holds a token, a secret or a claim's value that names
 * somebody.
 */
export interface Verdict {
  readonly outcome: 'pass' | 'fail' | 'skipped';
  readonly observed: string;
}

/**
 * One thing that our code or our fakes assume about a vendor, and that only a real account can
 * prove.
 */
export interface Fact<Evidence> {
  /**
   * What it rests on so far: `docs` the vendor's, `field` other people's code, `infer` our own
   * conclusion.
   */
  readonly rests: 'docs' | 'field' | 'infer';
  readonly says: string;
  judge(evidence: Evidence): Verdict;
}

/** Passed, or failed. */
export const holds = (condition: boolean, observed: string): Verdict => ({
  outcome: condition ? 'pass' : 'fail',
  observed,
});

/** Not asked, and why. */
export const skipped = (observed: string): Verdict => ({ outcome: 'skipped', observed });
