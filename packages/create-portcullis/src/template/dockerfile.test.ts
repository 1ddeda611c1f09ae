import { expect, it } from 'vitest';
import { dockerfile } from './dockerfile.js';

it('builds with npm, and runs as the app does', () => {
  expect(dockerfile('# How\nFROM node AS build\nRUN pnpm\n\nFROM node\nCMD main\n')).toBe(
    `FROM node:24-slim AS build
WORKDIR /app
# Another package manager than npm: copy its lockfile and install with it, or the image has other versions than you tested.
COPY package.json package-lock.json* ./
RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node
CMD main
`,
  );
});

it.each(['# How\nFROM one\n', '# How\nFROM one\nFROM two\nFROM three\n'])(
  'fails for other than two stages: %j',
  (text) => {
    expect(() => dockerfile(text)).toThrow(
      'The Dockerfile of the app has not two stages any more. Adapt src/template/dockerfile.ts.',
    );
  },
);
