import { defineConfig } from 'tsup';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/pages/index.ts',
    'src/store/postgres-store.ts',
    'src/store/redis-store.ts',
    'src/testing/index.ts',
    // Run by itself, as a process of a race.
    'src/testing/store-racer.ts',
    'src/upstream/upstream-accounts.ts',
  ],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
  // tsup strips `node:` by default, and `node:sqlite` has no name without it.
  removeNodeProtocol: false,
});
