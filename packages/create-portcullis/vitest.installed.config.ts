import { defineConfig } from 'vitest/config';

/** Minutes in place of seconds: packages are packed, and projects installed from them. `pnpm test:create` runs it. */
export default defineConfig({
  test: {
    name: 'create-portcullis, installed',
    include: ['src/installed/*.installed.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One after the other: each uses all there is.
    fileParallelism: false,
  },
});
