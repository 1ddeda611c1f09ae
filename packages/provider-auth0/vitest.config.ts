import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'provider-auth0', include: ['src/**/*.test.ts'] },
});
