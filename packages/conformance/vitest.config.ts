import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: '@portcullis/conformance',
    include: ['src/**/*.test.ts'],
    // A run is some 500 requests.
    testTimeout: 60_000,
    // Nothing here outlives its test, and every file needs both SDKs: they are loaded once.
    isolate: false,
    // Each run waits two seconds for a stream to end.
    maxConcurrency: 24,
  },
});
