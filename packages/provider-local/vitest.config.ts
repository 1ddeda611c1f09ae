import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'provider-local', include: ['src/**/*.test.ts'] },
});
