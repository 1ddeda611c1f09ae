import {
  ConfigurationError,
  type ConfigurationProblem,
  identifierProblems,
} from '@portcullis/core';
import {
  type Fetch,
  type GrantMapping,
  grantMappingProblems,
  type KeySnapshotStore,
} from '@portcullis/core/jwt';

/**
 * The application that trades tokens for others (RFC 8693): of the type `resource_server`, linked
 * to this API.
 */
export interface ExchangeOptions {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Which tenant is trusted, and how its tokens are read. */
export interface Auth0ProviderOptions {
  /** The tenant's own domain, such as `tenant.eu.auth0.com`. Needed unless `issuer` is given. */
  readonly domain?: string;
  /**
   * Custom domains as they stand in `iss`, whole and with the slash at the end:
   * `https://login.example.com/`. The first is where clients are sent and keys are fetched. With
   * `domain`, tokens of the tenant's own domain are taken as well.
   */
  readonly issuer?: string | readonly string[];
  /**
   * Further identifiers of the API, beside the resource's URI: for one that was named before the
   * server had its URL. Never the tenant's own, such as `https://<domain>/userinfo`. Default: none.
   */
  readonly audience?: readonly string[];
  /**
   * Counts `permissions` (RBAC) as scopes too. The claim lists everything that the person may do
   * with the API, whatever the client asked for and the person allowed it: consent then limits
   * nothing. For first-party clients. Default `false`.
   */
  readonly permissions?: boolean;
  /**
   * Organisations (`org_…`) whose tokens are taken; a token of none is then refused. Default: all,
   * and tokens of none.
   */
  readonly organizations?: readonly string[];
  /** What roles, groups and prefixed scopes stand for here. Default: nothing. */
  readonly grants?: GrantMapping;
  /**
   * With it, handlers can have tokens for other APIs on the caller's behalf. Default: they cannot.
   */
  readonly exchange?: ExchangeOptions;
  /** Seconds of skew allowed on `exp` and `nbf`, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /** Milliseconds that one request to the tenant may take, 1 to 60,000. Default 5000. */
  readonly timeoutMs?: number;
  /** Seconds to wait after the tenant failed before it is asked again, 0 to 3600. Default 5. */
  readonly retryAfter?: number;
  /**
   * Keeps the keys over a restart: the server then starts while the tenant is down, with the keys of the
   * process before it. Such as `keyFile(path)` of `@portcullis/core/node`. Default: nothing is kept.
   */
  readonly keySnapshot?: KeySnapshotStore;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /**
   * Told what operators need to know, each sentence once a minute; never a token or a claim's
   * value. Default: nobody.
   */
  readonly report?: (message: string) => void;
}

/**
 * The issuers that these options name: the first is where clients are sent.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 */
export function issuersOf(options: Auth0ProviderOptions): readonly [string, ...string[]] {
  const { domain, issuer = [] } = options;
  const named = [issuer].flat();
  const problems = optionProblems(options, named);
  const [first, ...more] = new Set([
    ...named,
    ...(domain === undefined ? [] : [`https://${domain}/`]),
  ]);
  if (first === undefined) {
    problems.push({
      option: 'domain',
      problem: 'is missing.',
      remedy: 'Pass the domain of the tenant, such as "tenant.eu.auth0.com".',
    });
  }
  if (first === undefined || problems.length > 0) throw new ConfigurationError(problems);
  return [first, ...more];
}

const HOST_NAME = /^(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** In the one spelling that URLs have for it. */
function isDomain(value: unknown): boolean {
  if (typeof value !== 'string' || !HOST_NAME.test(value)) return false;
  const url = `https://${value}/`;
  return URL.canParse(url) && new URL(url).href === url;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function optionProblems(
  options: Auth0ProviderOptions,
  issuers: readonly unknown[],
): ConfigurationProblem[] {
  const { domain, audience, organizations, permissions, grants = {}, exchange } = options;
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });

  if (domain !== undefined && !isDomain(domain)) {
    const remedy = 'Write it in lower case without scheme and slash: "tenant.eu.auth0.com".';
    report('domain', `must be a host name; got ${JSON.stringify(domain)}.`, remedy);
  }
  const remedy = 'Write it as it stands in "iss": "https://login.example.com/".';
  for (const issuer of issuers) {
    const wrong = identifierProblems('issuer', issuer, remedy);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const url = new URL(String(issuer));
    if (url.pathname !== '/') {
      report('issuer', `must have no path; got "${issuer}".`, remedy);
    } else if (issuer !== url.href) {
      report('issuer', `lacks the slash at the end; got "${issuer}".`, `Write "${url.href}".`);
    }
  }
  if (audience !== undefined && !(Array.isArray(audience) && audience.every(isText))) {
    report('audience', 'must list identifiers of APIs.', 'Leave it out for the resource alone.');
  }
  // With `openid` granted, the token for any API names the userinfo endpoint as well.
  const itself = [...issuers, `https://${domain}/`].flatMap((issuer) => [
    `${issuer}userinfo`,
    `${issuer}api/v2/`,
  ]);
  for (const name of Array.isArray(audience) ? audience : []) {
    if (!itself.includes(name)) continue;
    const problem = `names the tenant itself, as tokens for other APIs do; got "${name}".`;
    report('audience', problem, 'List identifiers of this API alone.');
  }
  if (organizations !== undefined && !isOrganizations(organizations)) {
    const remedy = 'Write ids such as "org_9ybsU1dN2dKfDkBi"; names can be given to another one.';
    report('organizations', 'must list ids of organisations.', remedy);
  }
  if (permissions !== undefined && typeof permissions !== 'boolean') {
    const remedy = 'Leave it out for false, which is the safe one.';
    report('permissions', 'must be true or false.', remedy);
  }
  if (permissions && grants?.scopeClaims) {
    const remedy = 'Leave it out, and list "permissions" there.';
    report('permissions', 'contradicts "grants.scopeClaims".', remedy);
  }
  problems.push(...grantMappingProblems(grants));
  for (const member of ['clientId', 'clientSecret'] as const) {
    if (exchange !== undefined && !isText(exchange?.[member])) {
      const remedy = 'Pass that of the application of type resource_server linked to this API.';
      report(`exchange.${member}`, 'is missing.', remedy);
    }
  }
  for (const [option, least, most] of [
    ['clockTolerance', 0, 300],
    ['timeoutMs', 1, 60_000],
    ['retryAfter', 0, 3600],
  ] as const) {
    const value: unknown = options[option];
    if (value === undefined) continue;
    if (!(typeof value === 'number' && value >= least && value <= most)) {
      const problem = `must be a number from ${least} to ${most}; got ${String(value)}.`;
      report(option, problem, 'Leave it out for the default.');
    }
  }
  for (const option of ['fetch', 'report'] as const) {
    if (options[option] !== undefined && typeof options[option] !== 'function') {
      report(option, 'must be a function.', 'Leave it out for the default.');
    }
  }
  return problems;
}

const isOrganizations = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => typeof each === 'string' && /^org_[A-Za-z0-9]+$/.test(each));
