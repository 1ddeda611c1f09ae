import { describe, expect, it } from 'vitest';

const variables = {
  PostgreSQL: 'PORTCULLIS_POSTGRES_URL',
  Redis: 'PORTCULLIS_REDIS_URL',
} as const;

/**
 * Tests that need a server. Without one they are skipped, and say why; in CI they fail, since there `.ci/run` brings the server.
 */
export function describeOn(service: keyof typeof variables, body: (url: string) => void): void {
  const variable = variables[service];
  const url = process.env[variable];
  if (url) {
    describe(`on ${service}`, () => body(url));
    return;
  }
  const reason = `${variable} names no ${service} to test on`;
  const remedy = 'In bash, `. .ci/services && services` starts one and names it.';
  if (process.env.CI) {
    it(`has a ${service} to test on`, () => expect.fail(`${reason}. ${remedy}`));
    return;
  }
  process.stderr.write(`Skipped: ${reason}. ${remedy}\n`);
  describe.skip(`on ${service} (${reason})`, () => body('redis://unused'));
}
