/** How long the suite waits for one scenario, in milliseconds, as its option wants it. A whole set takes about three seconds. */
export const SCENARIO_MS = '10000';

/** How long we wait for the suite, in milliseconds. */
export const PATIENCE_MS = 120_000;
