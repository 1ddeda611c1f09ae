import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Projects are written and git is started: on a busy machine that takes its time.
  test: { name: 'create-portcullis', include: ['src/**/*.test.ts'], testTimeout: 20_000 },
});
