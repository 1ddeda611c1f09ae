import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'provider-oidc', include: ['src/**/*.test.ts'] },
});
