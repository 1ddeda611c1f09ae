/**
 * The image of the app, built outside of the repository. npm works in it: that comes with the image.
 *
 * @param app - The app's own Dockerfile, whose first stage is the repository's business.
 * @throws {Error} when it has other than two stages.
 */
export function dockerfile(app: string): string {
  const [, , stage, ...more] = app.split(/\n(?=FROM )/);
  if (stage === undefined || more.length > 0) {
    throw new Error(
      'The Dockerfile of the app has not two stages any more. Adapt src/template/dockerfile.ts.',
    );
  }
  return `FROM node:24-slim AS build
WORKDIR /app
# Another package manager than npm: copy its lockfile and install with it, or the image has other versions than you tested.
COPY package.json package-lock.json* ./
RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi
COPY . .
RUN npm run build && npm prune --omit=dev

${stage}`;
}
