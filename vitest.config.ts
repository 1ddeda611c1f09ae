import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*'],
    // More than there are cores: a third of the time tests wait, for servers, browsers and the next second.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: '.reports/vitest.json' },
  },
});
