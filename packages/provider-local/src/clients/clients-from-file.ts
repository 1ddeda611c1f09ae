import { readFileSync } from 'node:fs';
import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { privateScheme } from './redirect-uri.js';
import { clientProblems, type RegisteredClient } from './registered-client.js';

/**
 * Reads clients for the option `clients` from a JSON file: a list of objects with the members of {@link RegisteredClient}. In the place
 * of a secret there may be `{ "env": "NAME" }`, the environment variable that holds it.
 *
 * Reads once, at once. Whether a private-use scheme may be redirected to is left to {@link localProvider}, which knows `privateUseSchemes`.
 *
 * @param path - As `node:fs` takes it: relative to the working directory.
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming the file and every place in it that is wrong; never a secret.
 */
export function clientsFromFile(path: string): readonly RegisteredClient[] {
  const list = readList(path);
  const unset: ConfigurationProblem[] = [];
  const clients = list.map((client, index) =>
    withSecrets(client, (member, name) => {
      const secret = process.env[name];
      if (secret) return secret;
      unset.push({
        option: `${path}[${index}].authentication.${member}`,
        problem: `wants the environment variable ${name}, which is not set.`,
        remedy: 'Set it, or correct the name.',
      });
      // Stands in, so that what else is wrong is named too.
      return `${name} is not set`.padEnd(64);
    }),
  ) as readonly RegisteredClient[];
  const wrong = clientProblems(clients, schemesIn(clients)).map((found) => ({
    ...found,
    option: found.option.replace(/^clients/, () => path),
  }));
  const problems = [...unset, ...wrong];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return clients;
}

function readList(path: string): readonly unknown[] {
  const refuse = (problem: string, remedy: string) =>
    new ConfigurationError([{ option: path, problem, remedy }]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw refuse(`cannot be read (${code}).`, 'Name a file that this process may read.');
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    // The rest of the message quotes the file, which may hold secrets.
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0] ?? '';
    throw refuse(`is not JSON ${place}`.trimEnd().concat('.'), 'Correct it.');
  }
  if (Array.isArray(content)) return content;
  throw refuse('holds no list.', 'Write the clients as [{ "clientId": … }, …].');
}

/** A client of the file with its secrets in place. What has another shape is left as it is, for the checks to name. */
function withSecrets(client: unknown, find: (member: string, name: string) => string): unknown {
  const { authentication } = (client ?? {}) as { readonly authentication?: unknown };
  if (typeof authentication !== 'object' || authentication === null) return client;
  const resolved = replaceSecret(authentication, 'secret', find);
  const { previous } = resolved as { readonly previous?: unknown };
  return {
    ...(client as object),
    authentication:
      typeof previous === 'object' && previous !== null && !Array.isArray(previous)
        ? { ...resolved, previous: replaceSecret(previous, 'previous.secret', find) }
        : resolved,
  };
}

function replaceSecret(
  holder: object,
  member: string,
  find: (member: string, name: string) => string,
): object {
  const { secret } = holder as { readonly secret?: unknown };
  if (typeof secret !== 'object' || secret === null) return holder;
  const [[name, value] = [], ...more] = Object.entries(secret);
  if (name !== 'env' || typeof value !== 'string' || more.length > 0) return holder;
  return { ...holder, secret: find(member, value) };
}

function schemesIn(clients: readonly RegisteredClient[]): ReadonlySet<string> {
  const redirects = clients.flatMap((client) => [client?.redirectUris ?? []].flat());
  const schemes = redirects.map((uri) =>
    typeof uri === 'string' ? privateScheme(uri) : undefined,
  );
  return new Set(schemes.filter((scheme) => scheme !== undefined));
}
