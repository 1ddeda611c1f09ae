import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nothing here outlives its test: what all files need is loaded once.
  test: { name: 'provider-oidc', include: ['src/**/*.test.ts'], isolate: false },
});
