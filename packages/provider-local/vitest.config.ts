import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'provider-local',
    include: ['src/**/*.test.ts'],
    // Loading the engine anew for each file took a third of the time.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
