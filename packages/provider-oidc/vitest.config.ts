import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nothing here outlives its test: what all files need is loaded once.
  test: {
    name: 'provider-oidc',
    include: ['src/**/*.test.ts'],
    isolate: false,
    // All pairs of faults in one test: Node 22 signs and verifies half as fast.
    testTimeout: 20_000,
  },
});
