import {
  type AuditLog,
  ConfigurationError,
  type ConfigurationProblem,
  createAuditLog,
  identifierProblems,
  isLoopback,
} from '@portcullis/core';
import type { Accounts } from './accounts/accounts.js';
import { type People, toPeople } from './accounts/people.js';
import { assertionProblems } from './assertions/assertion-problems.js';
import {
  createTrustedAssertions,
  type TrustedAssertions,
} from './assertions/trusted-assertions.js';
import { workloadClients } from './assertions/workload-clients.js';
import { DEFAULT_PRIVATE_USE_SCHEMES } from './clients/redirect-uri.js';
import { clientProblems, type KnownClient } from './clients/registered-client.js';
import { registrationProblems } from './clients/registration-problems.js';
import { resourceServerProblems, resourceServers } from './clients/resource-servers.js';
import { documentHosts, documentProblems } from './documents/document-options.js';
import { extensionProblems } from './extension-problems.js';
import { keyProblems } from './keys/key-problems.js';
import type { SigningAlgorithm } from './keys/signing-keys.js';
import { memoryRateLimiter } from './limits/memory-rate-limiter.js';
import { DEFAULT_RATE_LIMITS, NO_RATE_LIMITS, rateLimitProblems } from './limits/rate-limits.js';
import { createRequestLimits, type RequestLimits } from './limits/request-limits.js';
import type { LocalProviderOptions, LocalResource } from './local-options.js';
import { type PagesOptions, pagesProblems } from './pages/pages-options.js';
import type { LocalStore } from './store/local-store.js';
import { memoryStore } from './store/memory-store.js';
import { withOutages } from './store/outage-store.js';
import { storeProblems } from './store/store-check.js';
import { wholeNumberProblems } from './whole-number.js';

/** The options, checked, with every default spelled out. */
export interface Settings extends People {
  readonly issuer: string;
  readonly origin: string;
  /** The path of the issuer, without a slash at the end; empty for a bare origin. */
  readonly basePath: string;
  /** Whether the issuer is reached over TLS. */
  readonly secure: boolean;
  readonly resources: readonly [LocalResource, ...LocalResource[]];
  readonly store: LocalStore;
  readonly clients: ReadonlyMap<string, KnownClient>;
  readonly assertions: TrustedAssertions;
  /** Which resource each client that may introspect asks for. */
  readonly introspectors: ReadonlyMap<string, string>;
  readonly dynamicRegistration: boolean;
  /** Whether a registration needs an initial access token. */
  readonly initialAccessToken: boolean;
  readonly unusedRegistrationDays: number;
  readonly schemes: ReadonlySet<string>;
  readonly documentOrigins: ReadonlyMap<string, string>;
  /** Where client id documents may lie: hosts as they stand in a URL. None at all where they are not taken. */
  readonly documentHosts: 'any' | ReadonlySet<string>;
  readonly audit: AuditLog;
  readonly accessTokenSeconds: number;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly keyRotationDays: number;
  readonly refreshGraceSeconds: number;
  readonly dpop: boolean | 'nonce';
  readonly pushedAuthorizationRequests: boolean | 'required';
  readonly pages: PagesOptions;
  readonly limits: RequestLimits;
  readonly trustedProxies: number | undefined;
}

/**
 * Checks everything at once.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 */
export function toSettings(options: LocalProviderOptions): Settings {
  if (options.clients !== undefined && !Array.isArray(options.clients)) {
    const remedy = 'Write the clients as [{ clientId, … }, …].';
    throw new ConfigurationError([{ option: 'clients', problem: 'must be a list.', remedy }]);
  }
  const {
    issuer,
    resources,
    accounts,
    clients = [],
    identityProviders = [],
    workloadIssuers = [],
    privateUseSchemes = DEFAULT_PRIVATE_USE_SCHEMES,
    clientDocuments = true,
    dangerouslyMapClientDocuments = {},
    audit = [],
    accessTokenSeconds = 300,
    signingAlgorithm = 'ES256',
    keyRotationDays = 30,
    refreshGraceSeconds = 10,
    dpop = false,
    pushedAuthorizationRequests = false,
    dynamicRegistration,
    unusedRegistrationDays = 7,
    pages = {},
    rateLimits = {},
    rateLimiter,
    trustedProxies,
  } = options;
  const schemes = new Set(privateUseSchemes);
  const [first, ...others] = resources ?? [];
  const problems = [
    ...issuerProblems(issuer),
    ...resourceProblems(resources),
    ...schemeProblems(privateUseSchemes),
    ...accountProblems(accounts),
    ...(options.store === undefined ? [] : storeProblems(options.store)),
    ...clientProblems(clients, schemes),
    ...resourceServerProblems(resources ?? [], clients),
    ...documentProblems(clientDocuments, dangerouslyMapClientDocuments),
    ...keyProblems(signingAlgorithm, keyRotationDays),
    ...registrationProblems(dynamicRegistration, unusedRegistrationDays),
    ...pagesProblems(pages),
    ...rateLimitProblems(rateLimits, rateLimiter, trustedProxies),
    ...extensionProblems(options),
    ...assertionProblems(options),
    ...wholeNumberProblems(
      'accessTokenSeconds',
      accessTokenSeconds,
      [30, 3600],
      'Leave it out for five minutes.',
    ),
    ...wholeNumberProblems(
      'refreshGraceSeconds',
      refreshGraceSeconds,
      [0, 30],
      'Leave it out for ten seconds, or write 0 to switch it off.',
    ),
  ];
  if (problems.length > 0 || first === undefined) throw new ConfigurationError(problems);

  const url = new URL(issuer);
  const store = withOutages(options.store ?? memoryStore());
  return {
    issuer,
    origin: url.origin,
    basePath: url.pathname === '/' ? '' : url.pathname,
    secure: url.protocol === 'https:',
    resources: [first, ...others],
    ...toPeople(accounts, store),
    store,
    clients: new Map(
      [...clients, ...resourceServers(resources), ...workloadClients(workloadIssuers)].map(
        (client) => [client.clientId, client],
      ),
    ),
    introspectors: new Map(
      resources.flatMap(({ resource, server }) =>
        server?.authentication ? [[server.clientId, resource]] : [],
      ),
    ),
    assertions: createTrustedAssertions({
      issuer,
      store,
      defaultResource: first.resource,
      identityProviders,
      workloadIssuers,
    }),
    dynamicRegistration: Boolean(dynamicRegistration ?? isLoopback(url)),
    initialAccessToken: dynamicRegistration === 'initial_access_token',
    unusedRegistrationDays,
    schemes,
    documentOrigins: new Map(Object.entries(dangerouslyMapClientDocuments)),
    documentHosts: documentHosts(clientDocuments),
    audit: createAuditLog({ sinks: audit }),
    signingAlgorithm,
    keyRotationDays,
    pages,
    limits: createRequestLimits(
      rateLimits === false ? NO_RATE_LIMITS : { ...DEFAULT_RATE_LIMITS, ...rateLimits },
      rateLimiter ?? memoryRateLimiter(),
    ),
    trustedProxies,
    accessTokenSeconds,
    refreshGraceSeconds,
    dpop,
    pushedAuthorizationRequests,
  };
}

function issuerProblems(issuer: unknown): readonly ConfigurationProblem[] {
  const problems = identifierProblems('issuer', issuer);
  if (problems.length > 0 || typeof issuer !== 'string') return problems;
  // Two spellings of one issuer would be two issuers (RFC 9207 §2.4 compares character by character).
  return issuer.endsWith('/')
    ? [
        {
          option: 'issuer',
          problem: `must not end with a slash; got "${issuer}".`,
          remedy: `Write "${issuer.replace(/\/+$/, '')}".`,
        },
      ]
    : [];
}

function accountProblems(accounts: unknown): readonly ConfigurationProblem[] {
  const { signIn, find, kind } = (accounts ?? {}) as Partial<Accounts> & { kind?: unknown };
  if (typeof signIn === 'function' && typeof find === 'function') return [];
  if (kind === 'upstream') return [];
  return [
    {
      option: 'accounts',
      problem: 'is missing.',
      remedy:
        'Say who can sign in, with embeddedAccounts([...]), upstreamAccounts({...}) or an object of your own.',
    },
  ];
}

function resourceProblems(resources: readonly LocalResource[]): readonly ConfigurationProblem[] {
  if (!resources?.length) {
    return [{ option: 'resources', problem: 'is empty.', remedy: 'Name the MCP server.' }];
  }
  const seen = new Set<string>();
  return resources.flatMap(({ resource, scopes, baseline = [] }, index) => {
    const option = `resources[${index}]`;
    const twice = seen.has(resource);
    seen.add(resource);
    return [
      ...identifierProblems(`${option}.resource`, resource),
      ...(twice
        ? [
            {
              option: `${option}.resource`,
              problem: 'is there twice.',
              remedy: 'Merge the vocabularies.',
            },
          ]
        : []),
      ...(Array.isArray(scopes?.names)
        ? []
        : [
            {
              option: `${option}.scopes`,
              problem: 'is missing.',
              remedy: 'Declare the scopes of the MCP server with defineScopes().',
            },
          ]),
      ...baseline
        .filter((scope) => !scopes?.names?.includes(scope))
        .map((scope) => ({
          option: `${option}.baseline`,
          problem: `has "${scope}", which its vocabulary does not declare.`,
          remedy: 'Declare it, or correct the spelling.',
        })),
    ];
  });
}

function schemeProblems(schemes: readonly string[]): readonly ConfigurationProblem[] {
  const never = ['http', 'https', 'javascript', 'data', 'file', 'vbscript', 'blob', 'about'];
  return schemes
    .filter((scheme) => !/^[a-z][a-z0-9+.-]*$/.test(scheme) || never.includes(scheme))
    .map((scheme) => ({
      option: 'privateUseSchemes',
      problem: `has ${JSON.stringify(scheme)}, which is not the name of an app's own scheme.`,
      remedy: 'Write it in lower case without a colon, such as "cursor".',
    }));
}
