import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'create-portcullis', include: ['src/**/*.test.ts'] },
});
