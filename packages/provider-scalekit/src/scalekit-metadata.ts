import { ConfigurationError, type ConfigurationProblem, isScopeToken } from '@portcullis/core';

/** What the protected resource metadata of Scalekit's dashboard says. */
export interface ScalekitMetadata {
  /** Such as `https://acme.scalekit.com`; the custom domain where the dashboard shows that. */
  readonly environmentUrl: string;
  /** `res_…` */
  readonly resourceId: string;
  /** `https://acme.scalekit.com/resources/res_…` */
  readonly authorizationServer: string;
  /** The Server URL, byte for byte: what to pass to `createMcpAuth` as `resource`. */
  readonly resource: string;
  readonly scopes: readonly string[];
}

type Document = string | Readonly<Record<string, unknown>>;

/**
 * Reads the JSON that Scalekit's dashboard hands out for an MCP server, and its guides put into one
 * environment variable.
 *
 * @param document - The text, or what it parses to.
 * @param option - The name under which the reader set it, for messages. Default `metadata`.
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming everything that is wrong.
 * @see RFC 9728 §2
 */
export function readScalekitMetadata(document: Document, option = 'metadata'): ScalekitMetadata {
  const { metadata, problems } = parseMetadata(document, option);
  if (!metadata) throw new ConfigurationError(problems);
  return metadata;
}

/** The same, for who collects problems. Without a document there is neither. */
export function parseMetadata(
  document: Document | undefined,
  option: string,
): {
  readonly metadata?: ScalekitMetadata;
  readonly problems: readonly ConfigurationProblem[];
} {
  if (document === undefined) return { problems: [] };
  const remedy = 'Copy the JSON from Dashboard → MCP Servers once more.';
  const value = typeof document === 'string' ? parseObject(document) : asObject(document);
  if (!value) {
    const bare = 'Copy the JSON from Dashboard → MCP Servers once more, without quotes around it.';
    return { problems: [{ option, problem: 'is not one JSON object.', remedy: bare }] };
  }

  const problems: ConfigurationProblem[] = [];
  const { authorization_servers: servers, resource, scopes_supported: scopes = [] } = value;
  const [server]: readonly unknown[] = Array.isArray(servers) ? servers : [];
  const [, base, id] =
    /^(https?:\/\/[^/?#@]+)\/resources\/(res_[A-Za-z0-9]+)$/.exec(String(server)) ?? [];
  if (base === undefined || id === undefined) {
    const problem = 'names no authorization server of the form "https://…/resources/res_…".';
    problems.push({ option, problem, remedy });
  }
  if (typeof resource !== 'string' || !URL.canParse(resource)) {
    problems.push({ option, problem: 'has no "resource" that is a URL.', remedy });
  }
  if (!Array.isArray(scopes) || !scopes.every(isScopeToken)) {
    problems.push({ option, problem: 'has "scopes_supported" that are no scopes.', remedy });
  }
  if (problems.length > 0) return { problems };
  return {
    metadata: {
      environmentUrl: String(base),
      resourceId: String(id),
      authorizationServer: String(server),
      resource: String(resource),
      scopes: scopes as readonly string[],
    },
    problems,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
}
