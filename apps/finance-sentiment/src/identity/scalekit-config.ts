import type { EnvironmentReader } from '../environment.js';
import { readRoleClaim, type VendorConfig } from './vendor-config.js';

/** Scalekit: an environment, and in it an MCP server. */
export interface ScalekitConfig extends VendorConfig {
  readonly name: 'scalekit';
  /** Those of its variables that are set, as they stand: the provider reads them itself. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Reads the variables of Scalekit: an environment with an MCP server, or the JSON that its dashboard hands out. */
export function readScalekit(reader: EnvironmentReader): ScalekitConfig {
  const variables = {
    METADATA_JSON_RESPONSE: reader.text('METADATA_JSON_RESPONSE'),
    SCALEKIT_ENVIRONMENT_URL: reader.text('SCALEKIT_ENVIRONMENT_URL'),
    SCALEKIT_RESOURCE_ID: reader.text('SCALEKIT_RESOURCE_ID'),
    SCALEKIT_CUSTOM_DOMAIN: reader.text('SCALEKIT_CUSTOM_DOMAIN'),
  };
  const set = Object.entries(variables).filter((entry): entry is [string, string] => !!entry[1]);
  return { name: 'scalekit', variables: Object.fromEntries(set), ...readRoleClaim(reader) };
}
