import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// More than there are cores: a third of the time tests wait, for servers, browsers and the next second. By the environment, since projects
// do not inherit it from here.
process.env.VITEST_MAX_WORKERS ??= String(Math.ceil(1.5 * availableParallelism()));

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*'],
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: '.reports/vitest.json' },
  },
});
