import type { EnvironmentReader } from '../environment.js';

/** What every provider but the embedded one may be told. Whether it is right, and all there, is for the vendor's package to say. */
interface VendorConfig {
  /** The claim that holds roles or groups, or the names that lead to it; what they stand for is in `roles.ts`. Default: none. */
  readonly roleClaim?: readonly [string, ...string[]];
}

/** Scalekit: an environment, and in it an MCP server. */
export interface ScalekitConfig extends VendorConfig {
  readonly name: 'scalekit';
  /** Those of its variables that are set, as they stand: the provider reads them itself. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Auth0: a tenant, by its own domain, its custom domain, or both. */
export interface Auth0Config extends VendorConfig {
  readonly name: 'auth0';
  /** Such as `acme.eu.auth0.com`. */
  readonly domain?: string;
  /** A custom domain as it stands in tokens: `https://login.example.com/`, with the slash. */
  readonly issuer?: string;
}

/** Any other issuer. */
export interface OidcConfig extends VendorConfig {
  readonly name: 'oidc';
  readonly issuer: string;
  /** The issuer's own name for this server, beside the server's URI. Default: none. */
  readonly audience?: string;
  /** The `typ` of its access tokens; `jwt` where the issuer predates RFC 9068. */
  readonly tokenType: 'at+jwt' | 'jwt';
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

/** Reads the variables of Auth0. */
export function readAuth0(reader: EnvironmentReader): Auth0Config {
  const domain = reader.text('AUTH0_DOMAIN');
  const issuer = reader.text('AUTH0_ISSUER');
  return {
    name: 'auth0',
    ...(domain === undefined ? {} : { domain }),
    ...(issuer === undefined ? {} : { issuer }),
    ...readRoleClaim(reader),
  };
}

/** Reads the variables of any other issuer. */
export function readOidc(reader: EnvironmentReader): OidcConfig {
  const audience = reader.text('OIDC_AUDIENCE');
  return {
    name: 'oidc',
    issuer: reader.text('OIDC_ISSUER') ?? '',
    ...(audience === undefined ? {} : { audience }),
    tokenType: reader.choice('OIDC_TOKEN_TYPE', ['at+jwt', 'jwt'], 'at+jwt'),
    ...readRoleClaim(reader),
  };
}

/** A nested claim is written as the names that lead to it, with spaces between them. */
function readRoleClaim(reader: EnvironmentReader): VendorConfig {
  const [first, ...rest] = reader.text('ROLE_CLAIM')?.split(/\s+/) ?? [];
  return first === undefined ? {} : { roleClaim: [first, ...rest] };
}
