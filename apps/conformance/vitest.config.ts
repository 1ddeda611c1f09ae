import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The suite runs in processes of its own, so nothing here outlives its test.
  test: { name: 'conformance', include: ['src/**/*.test.ts'], isolate: false },
});
