import type { ConfigurationProblem } from '@portcullis/core';
import type { OptionNames, ScalekitProviderOptions } from './scalekit-options.js';
import { createProvider, type ScalekitProvider } from './scalekit-provider.js';

type Environment = Readonly<Record<string, string | undefined>>;

const variables: OptionNames = {
  environmentUrl: 'SCALEKIT_ENVIRONMENT_URL',
  resourceId: 'SCALEKIT_RESOURCE_ID',
  metadata: 'METADATA_JSON_RESPONSE',
  customDomain: 'SCALEKIT_CUSTOM_DOMAIN',
};

/** An empty variable is one that nobody set. */
const read = (env: Environment, name: string): string | undefined => env[name] || undefined;

/**
 * {@link scalekitProvider} from the variables that Scalekit's guides use: `SCALEKIT_ENVIRONMENT_URL` and `SCALEKIT_RESOURCE_ID`, or
 * `METADATA_JSON_RESPONSE` (also `PROTECTED_RESOURCE_METADATA`) with the dashboard's JSON, or all of them where they agree.
 * `SCALEKIT_AUDIENCE_NAME` is read as the id where it is one (`res_…`). `SCALEKIT_CUSTOM_DOMAIN` is optional.
 * `SCALEKIT_CLIENT_ID`, `SCALEKIT_CLIENT_SECRET` and `SCALEKIT_RESOURCE_METADATA_URL` are not needed and not read.
 *
 * @param more - Further options; they win over the variables.
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every variable that is wrong.
 */
export function scalekitProviderFromEnv(
  env: Environment = process.env,
  more: ScalekitProviderOptions = {},
): ScalekitProvider {
  const dashboard = read(env, 'METADATA_JSON_RESPONSE');
  const other = read(env, 'PROTECTED_RESOURCE_METADATA');
  const audience = read(env, 'SCALEKIT_AUDIENCE_NAME');
  const named = audience?.startsWith('res_') ? audience : undefined;
  const found = {
    environmentUrl: read(env, variables.environmentUrl),
    resourceId: read(env, variables.resourceId) ?? named,
    metadata: dashboard ?? other,
    customDomain: read(env, variables.customDomain),
  };
  const set = Object.entries(found).filter(([, value]) => value !== undefined);
  const names = {
    ...variables,
    ...(dashboard === undefined && other !== undefined
      ? { metadata: 'PROTECTED_RESOURCE_METADATA' }
      : {}),
  };
  const problems: ConfigurationProblem[] = [];
  if (dashboard !== undefined && other !== undefined && dashboard !== other) {
    problems.push({
      option: 'PROTECTED_RESOURCE_METADATA',
      problem: 'and "METADATA_JSON_RESPONSE" are both set, and differ.',
      remedy: 'Leave one of them out.',
    });
  }
  return createProvider({ ...Object.fromEntries(set), ...more }, names, problems);
}
