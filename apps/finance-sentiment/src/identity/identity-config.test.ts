import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { startFailure } from '../start-failure.js';

const identityOf = async (env: NodeJS.ProcessEnv) => (await readConfig(env)).identity;

/** What `pnpm start` says, line by line. */
async function refusalOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  try {
    await readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return startFailure(error).split('\n  ').slice(1);
    throw error;
  }
  return [];
}

describe('AUTH_PROVIDER', () => {
  it('is the embedded issuer unless it is set', async () => {
    expect((await identityOf({})).name).toBe('local');
    expect((await identityOf({ AUTH_PROVIDER: '' })).name).toBe('local');
  });

  it('reads the variables of the one that is chosen, and no other', async () => {
    const env = {
      ...{ OIDC_ISSUER: 'nonsense', SCALEKIT_RESOURCE_ID: 'nonsense', DEMO_PASSWORD: 'short' },
      ...{ AUTH_PROVIDER: 'auth0', AUTH0_DOMAIN: 'acme.eu.auth0.com' },
    };
    expect(await identityOf(env)).toEqual({ name: 'auth0', domain: 'acme.eu.auth0.com' });
  });

  it('takes Scalekit by its environment, or by the JSON of its dashboard', async () => {
    const byId = {
      SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com',
      SCALEKIT_RESOURCE_ID: 'res_1',
    };
    expect(
      await identityOf({ AUTH_PROVIDER: 'scalekit', ...byId, SCALEKIT_CUSTOM_DOMAIN: ' ' }),
    ).toEqual({ name: 'scalekit', variables: byId });
    const byJson = {
      METADATA_JSON_RESPONSE:
        '{"authorization_servers":["https://acme.scalekit.com/resources/res_1"],"resource":"http://127.0.0.1:3000/mcp"}',
    };
    expect(await identityOf({ AUTH_PROVIDER: 'scalekit', ...byJson })).toEqual({
      ...{ name: 'scalekit', variables: byJson },
    });
  });

  it('takes any issuer by its name, with the claim that leads to roles', async () => {
    expect(
      await identityOf({
        AUTH_PROVIDER: 'oidc',
        OIDC_ISSUER: 'https://login.example.com/realms/acme',
        OIDC_AUDIENCE: 'finance',
        OIDC_TOKEN_TYPE: 'jwt',
        ROLE_CLAIM: 'resource_access  finance roles',
      }),
    ).toEqual({
      name: 'oidc',
      issuer: 'https://login.example.com/realms/acme',
      audience: 'finance',
      tokenType: 'jwt',
      roleClaim: ['resource_access', 'finance', 'roles'],
    });
  });

  it.each<[NodeJS.ProcessEnv, readonly string[]]>([
    [
      { AUTH_PROVIDER: 'okta', PORT: 'x' },
      [
        'PORT must be a whole number from 1 to 65535; got "x". Leave it out for 3000.',
        'AUTH_PROVIDER must be one of "local", "scalekit", "auth0", "oidc"; got "okta". Leave it out for "local".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'scalekit', SCALEKIT_ENVIRONMENT_URL: 'acme' },
      [
        'SCALEKIT_ENVIRONMENT_URL must be an absolute URL; got "acme". Write it like "https://acme.scalekit.com".',
        'SCALEKIT_RESOURCE_ID is missing. Pass the id of the MCP server, "res_…", or "METADATA_JSON_RESPONSE".',
      ],
    ],
    [
      {
        ...{ AUTH_PROVIDER: 'scalekit', PORT: 'x' },
        SCALEKIT_ENVIRONMENT_URL: 'acme.scalekit.com',
        SCALEKIT_RESOURCE_ID: 'rs_1',
      },
      [
        'PORT must be a whole number from 1 to 65535; got "x". Leave it out for 3000.',
        'SCALEKIT_ENVIRONMENT_URL must be an absolute URL; got "acme.scalekit.com". Write it like "https://acme.scalekit.com".',
        'SCALEKIT_RESOURCE_ID must be "res_" and digits. Copy it from MCP Servers.',
      ],
    ],
    [
      { AUTH_PROVIDER: 'auth0', DEMO_SHIFT_DATES: 'yes' },
      [
        'AUTH0_DOMAIN is missing. Pass the domain of the tenant, such as "tenant.eu.auth0.com".',
        'DEMO_SHIFT_DATES must be true or false; got "yes". Leave it out for false.',
      ],
    ],
    [
      { AUTH_PROVIDER: 'auth0', AUTH0_DOMAIN: 'https://acme', AUTH0_ISSUER: 'https://a.example' },
      [
        'AUTH0_DOMAIN must be a host name; got "https://acme". Write it in lower case without scheme and slash: "tenant.eu.auth0.com".',
        'AUTH0_ISSUER lacks the slash at the end; got "https://a.example". Write "https://a.example/".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'auth0', AUTH0_DOMAIN: 'acme eu', AUTH0_ISSUER: 'http://a.example' },
      [
        'AUTH0_DOMAIN must be a host name; got "acme eu". Write it in lower case without scheme and slash: "tenant.eu.auth0.com".',
        'AUTH0_ISSUER must use HTTPS unless it is on loopback; got "http:". Write it as it stands in "iss": "https://login.example.com/".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'oidc', OIDC_TOKEN_TYPE: 'JWT' },
      [
        'OIDC_TOKEN_TYPE must be one of "at+jwt", "jwt"; got "JWT". Leave it out for "at+jwt".',
        'OIDC_ISSUER is missing. Pass the issuer identifier as it stands in "iss".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: 'http://login.example.com' },
      [
        'OIDC_ISSUER must use HTTPS unless it is on loopback; got "http:". Write it as it stands in "iss", such as "https://login.example.com/realms/acme".',
      ],
    ],
  ])('says what is wrong with %j', async (env, lines) => {
    expect(await refusalOf(env)).toEqual(lines);
  });
});
