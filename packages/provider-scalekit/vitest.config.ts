import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'provider-scalekit', include: ['src/**/*.test.ts'] },
});
