import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: '@portcullis/conformance', include: ['src/**/*.test.ts'] },
});
