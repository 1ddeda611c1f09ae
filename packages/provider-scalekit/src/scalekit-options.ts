import { type ConfigurationProblem, identifierProblems } from '@portcullis/core';
import {
  type Fetch,
  type GrantMapping,
  grantMappingProblems,
  type KeySnapshotStore,
} from '@portcullis/core/jwt';
import { withoutSlash } from './scalekit-claims.js';
import { parseMetadata, type ScalekitMetadata } from './scalekit-metadata.js';

/**
 * Which MCP server of which Scalekit environment. Either the first two options, or `metadata`, or
 * both where they agree.
 */
export interface ScalekitProviderOptions {
  /**
   * Such as `https://acme.scalekit.com`: Dashboard → Settings → API credentials. A slash at the end
   * is dropped.
   */
  readonly environmentUrl?: string;
  /** The MCP server, `res_…`: Dashboard → MCP Servers. Tokens for another one are refused. */
  readonly resourceId?: string;
  /**
   * The protected resource metadata that the dashboard shows for the MCP server: its JSON, or what
   * it parses to.
   */
  readonly metadata?: string | Readonly<Record<string, unknown>>;
  /**
   * Such as `https://auth.example.com`, where the environment has one: tokens may then name it, and
   * clients are sent there.
   */
  readonly customDomain?: string;
  /**
   * What roles, groups and permissions stand for here. Default: nothing; only `scope` and `scopes`
   * grant.
   */
  readonly grants?: GrantMapping;
  /** Seconds of skew allowed on `exp` and `nbf`, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /** Milliseconds that one request to Scalekit may take. Default 3000. */
  readonly timeoutMs?: number;
  /** Seconds to wait after Scalekit failed before it is asked again. Default 5. */
  readonly retryAfter?: number;
  /**
   * Keeps the keys over a restart: the server then starts while Scalekit is down, with the keys of the
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

/** What the options come to. */
export interface ScalekitSettings {
  /** Without a slash at the end. The keys are below it. */
  readonly environmentUrl: string;
  readonly resourceId: string;
  /**
   * Every spelling of `iss` that is this MCP server's: Scalekit moves from the first form to the
   * second.
   */
  readonly issuers: readonly string[];
  /** What clients are sent to. */
  readonly authorizationServer: string;
  /** What Scalekit says that this server's URL is; absent where no metadata was given. */
  readonly serverUrl?: string;
}

/** Under which name each option was set, for messages. */
export type OptionNames = Readonly<
  Record<'environmentUrl' | 'resourceId' | 'metadata' | 'customDomain', string>
>;

export const optionNames: OptionNames = {
  environmentUrl: 'environmentUrl',
  resourceId: 'resourceId',
  metadata: 'metadata',
  customDomain: 'customDomain',
};

/** Reads the options, and says everything that is wrong with them. */
export function toSettings(
  options: ScalekitProviderOptions,
  names: OptionNames = optionNames,
): { readonly settings: ScalekitSettings; readonly problems: readonly ConfigurationProblem[] } {
  const parsed = parseMetadata(options.metadata, names.metadata);
  const { metadata } = parsed;
  const customDomain = toUrl(text(options.customDomain));
  const ownBase = metadata && metadata.environmentUrl !== customDomain;
  const given = withoutSlash(text(options.environmentUrl));
  const environmentUrl = given || (ownBase ? metadata.environmentUrl : '');
  const resourceId = text(options.resourceId) || metadata?.resourceId || '';

  const problems = [
    ...parsed.problems,
    ...environmentProblems(environmentUrl, names),
    ...(customDomain
      ? originProblems(names.customDomain, customDomain, 'https://auth.example.com')
      : []),
    ...resourceProblems(resourceId, names),
    ...contradictions({ environmentUrl, resourceId, customDomain }, metadata, names),
    ...grantMappingProblems(options.grants ?? {}),
    ...numberProblems(options),
  ];
  const bases = [environmentUrl, ...(customDomain ? [customDomain] : [])];
  const settings: ScalekitSettings = {
    environmentUrl,
    resourceId,
    issuers: bases.flatMap((base) => [base, `${base}/resources/${resourceId}`]),
    // Where an environment has its own domain, that is what people see.
    authorizationServer:
      metadata?.authorizationServer ?? `${customDomain || environmentUrl}/resources/${resourceId}`,
    ...(metadata ? { serverUrl: metadata.resource } : {}),
  };
  return { settings, problems };
}

/** Not everybody has types: what is no text is judged as it would be written. */
const text = (value: unknown): string => String(value ?? '');

/** People write a domain with and without its scheme. */
const toUrl = (domain: string): string =>
  withoutSlash(domain === '' || domain.includes('://') ? domain : `https://${domain}`);

function environmentProblems(url: string, names: OptionNames): readonly ConfigurationProblem[] {
  if (url !== '') return originProblems(names.environmentUrl, url, 'https://acme.scalekit.com');
  const remedy = `Pass the environment's URL of Scalekit's dashboard, or "${names.metadata}".`;
  return [{ option: names.environmentUrl, problem: 'is missing.', remedy }];
}

/** @param example - What to write where what was meant cannot be seen. */
function originProblems(
  option: string,
  url: string,
  example: string,
): readonly ConfigurationProblem[] {
  const origin = URL.canParse(url) ? new URL(url).origin : '';
  const fit = identifierProblems(option, origin).length === 0;
  const remedy = fit ? `Write "${origin}".` : `Write it like "${example}".`;
  const problems = identifierProblems(option, url);
  if (problems.length > 0) return problems.map((each) => ({ ...each, remedy }));
  return origin === url ? [] : [{ option, problem: 'must not have a path.', remedy }];
}

function resourceProblems(id: string, names: OptionNames): readonly ConfigurationProblem[] {
  if (/^res_[A-Za-z0-9]+$/.test(id)) return [];
  const option = names.resourceId;
  return id === ''
    ? [
        {
          option,
          problem: 'is missing.',
          remedy: `Pass the id of the MCP server, "res_…", or "${names.metadata}".`,
        },
      ]
    : [{ option, problem: 'must be "res_" and digits.', remedy: 'Copy it from MCP Servers.' }];
}

function contradictions(
  own: {
    readonly environmentUrl: string;
    readonly resourceId: string;
    readonly customDomain: string;
  },
  metadata: ScalekitMetadata | undefined,
  names: OptionNames,
): readonly ConfigurationProblem[] {
  if (!metadata) return [];
  const problems: ConfigurationProblem[] = [];
  const { environmentUrl, resourceId, customDomain } = own;
  const bases = [environmentUrl, customDomain];
  if (environmentUrl !== '' && !bases.includes(metadata.environmentUrl)) {
    problems.push({
      option: names.environmentUrl,
      problem: `is "${environmentUrl}", and "${names.metadata}" names "${metadata.environmentUrl}".`,
      remedy: `Make them agree, or pass "${names.customDomain}" if that is its own domain.`,
    });
  }
  if (resourceId !== metadata.resourceId) {
    problems.push({
      option: names.resourceId,
      problem: `is "${resourceId}", and "${names.metadata}" names "${metadata.resourceId}".`,
      remedy: 'Make them agree, or leave one of them out.',
    });
  }
  return problems;
}

function numberProblems(options: ScalekitProviderOptions): readonly ConfigurationProblem[] {
  const bounds = {
    clockTolerance: [0, 300],
    timeoutMs: [1, 60_000],
    retryAfter: [0, 3600],
  } as const;
  const problems: ConfigurationProblem[] = [];
  for (const option of ['clockTolerance', 'timeoutMs', 'retryAfter'] as const) {
    const value = options[option];
    const [least, most] = bounds[option];
    // Text would pass for a number here, and be appended to one later.
    if (value === undefined) continue;
    if (typeof value === 'number' && value >= least && value <= most) continue;
    const problem = `must be ${least} to ${most}; got ${String(value)}.`;
    problems.push({ option, problem, remedy: 'Leave it out for the default.' });
  }
  return problems;
}
