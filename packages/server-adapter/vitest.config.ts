import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'server-adapter',
    include: ['src/**/*.test.ts'],
    // Real servers and programs, on machines that do other things too.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Loading two SDKs and six hosts anew for each file took longer than the tests.
    isolate: false,
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'] },
  },
});
