import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { name: 'finance-sentiment', include: ['src/**/*.test.ts'] } });
