import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: '@portcullis/conformance',
    include: ['src/**/*.test.ts'],
    // Each run waits two seconds for a stream to end.
    maxConcurrency: 24,
  },
});
