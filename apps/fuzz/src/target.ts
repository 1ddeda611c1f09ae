/** Something that strangers reach, with inputs for it. */
export interface Target {
  readonly name: string;
  /** How many cases cost as much as a thousand of the cheapest target; the nightly run divides its time by it. */
  readonly cost: number;
  /**
   * Runs so many cases, the same ones for the same seed.
   *
   * @throws with the smallest input that breaks, once one did.
   */
  run(options: RunOptions): Promise<Report>;
}

/** How much, and from where on. */
export interface RunOptions {
  readonly cases: number;
  readonly seed: number;
}

/** What a run saw. A run that let nothing through proves nothing. */
export interface Report {
  readonly cases: number;
  /** Inputs that got through to what the parser guards. */
  readonly allowed: number;
  /** Milliseconds of the slowest case. */
  readonly slowestMs: number;
}
