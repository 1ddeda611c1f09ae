import type { ConfigurationProblem } from '@portcullis/core';
import type { OptionNames, ScalekitProviderOptions } from './scalekit-options.js';
import { createProvider, type ScalekitProvider } from './scalekit-provider.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** In the guides mostly the Server URL, which is not needed; in some samples the id. */
const AUDIENCE = 'SCALEKIT_AUDIENCE_NAME';

/** An empty variable is one that nobody set. Files and secret stores leave line ends behind. */
const read = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

/**
 * {@link scalekitProvider} from the variables that Scalekit's guides use:
 * `SCALEKIT_ENVIRONMENT_URL` and `SCALEKIT_RESOURCE_ID`, or `METADATA_JSON_RESPONSE` (also
 * `PROTECTED_RESOURCE_METADATA`) with the dashboard's JSON, or all of them where they agree.
 * `SCALEKIT_AUDIENCE_NAME` is read as the id where it is one (`res_…`). `SCALEKIT_CUSTOM_DOMAIN` is
 * optional. `SCALEKIT_CLIENT_ID`, `SCALEKIT_CLIENT_SECRET` and `SCALEKIT_RESOURCE_METADATA_URL` are
 * not needed and not read.
 *
 * @param more - Further options; they win over the variables.
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every variable that is wrong.
 */
export function scalekitProviderFromEnv(
  env: Environment = process.env,
  more: ScalekitProviderOptions = {},
): ScalekitProvider {
  const given = defined(more);
  const problems: ConfigurationProblem[] = [];

  /** The first of the variables that is set, and under which name. Those after it may repeat it. */
  function first(option: keyof OptionNames, ...variables: readonly [string, ...string[]]) {
    const set = variables.filter((name) => read(env, name) !== undefined);
    const [name = variables[0]] = set;
    const value = read(env, name);
    if (given[option] !== undefined) return { name: option };
    for (const other of set.filter((each) => read(env, each) !== value)) {
      problems.push({
        option: other,
        problem: `and "${name}" are both set, and differ.`,
        remedy: 'Leave one of them out.',
      });
    }
    return { name, value };
  }

  const named = read(env, AUDIENCE)?.startsWith('res_') ? [AUDIENCE] : [];
  const found = {
    environmentUrl: first('environmentUrl', 'SCALEKIT_ENVIRONMENT_URL'),
    resourceId: first('resourceId', 'SCALEKIT_RESOURCE_ID', ...named),
    metadata: first('metadata', 'METADATA_JSON_RESPONSE', 'PROTECTED_RESOURCE_METADATA'),
    customDomain: first('customDomain', 'SCALEKIT_CUSTOM_DOMAIN'),
  };
  const each = Object.entries(found);
  const names = Object.fromEntries(each.map(([option, { name }]) => [option, name]));
  const values = Object.fromEntries(each.map(([option, { value }]) => [option, value]));
  return createProvider({ ...defined(values), ...given }, names as OptionNames, problems);
}

const defined = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
