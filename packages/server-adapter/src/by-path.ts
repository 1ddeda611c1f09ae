import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { type ProtectedHandler, protectedHandler } from './protect.js';

/**
 * Several protected endpoints as one handler, for a host that takes one: `fetch`, `node:http`. Each request goes to the endpoint whose path it
 * has; any other is 404. Express, Hono and Fastify take them one after the other instead.
 *
 * @returns A handler whose `resource` is that of the first.
 * @throws {ConfigurationError} when two have the same path, or are on different origins.
 * @see RFC 9728 §3.1
 */
export function byPath(
  first: ProtectedHandler,
  ...others: readonly ProtectedHandler[]
): ProtectedHandler {
  const handlers = [first, ...others];
  const problems = handlers.flatMap((handler, index) =>
    problemOf(handler, handlers.slice(0, index)),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  const of = (path: string) => handlers.find((handler) => handler.answers(path));
  return protectedHandler({
    // The first one knows how to say that there is nothing.
    handle: (request, options) =>
      (of(new URL(request.url).pathname) ?? first).handle(request, options),
    resource: first.resource,
    answers: (path) => of(path) !== undefined,
  });
}

function problemOf(
  { resource }: ProtectedHandler,
  before: readonly ProtectedHandler[],
): readonly ConfigurationProblem[] {
  const { origin, pathname } = new URL(resource);
  const option = 'resource';
  if (before.some((handler) => handler.answers(pathname))) {
    const problem = `is ${JSON.stringify(resource)} more than once.`;
    return [{ option, problem, remedy: 'Give each endpoint a path of its own.' }];
  }
  if (before.some((handler) => new URL(handler.resource).origin !== origin)) {
    const problem = `is ${JSON.stringify(resource)}, on another origin than the first.`;
    return [{ option, problem, remedy: 'Serve each origin by a host of its own.' }];
  }
  return [];
}
