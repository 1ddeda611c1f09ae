import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { startFailure } from '../start-failure.js';
import { openIdentity } from './open-identity.js';

const identityOf = (env: NodeJS.ProcessEnv) => readConfig(env).identity;

/** What `pnpm start` says, line by line. */
async function refusalOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  try {
    await openIdentity(identityOf(env), {
      ...{ publicUrl: '', dataDir: '', resource: 'http://127.0.0.1:3000/mcp', audit: [] },
      report: () => {},
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return startFailure(error).split('\n  ').slice(1);
    throw error;
  }
  return [];
}

describe('AUTH_PROVIDER', () => {
  it('is the embedded issuer unless it is set', () => {
    expect(identityOf({}).name).toBe('local');
    expect(identityOf({ AUTH_PROVIDER: '' }).name).toBe('local');
  });

  it('reads the variables of the one that is chosen, and no other', () => {
    const env = {
      ...{ OIDC_ISSUER: 'nonsense', SCALEKIT_RESOURCE_ID: 'nonsense', DEMO_PASSWORD: 'short' },
      ...{ AUTH_PROVIDER: 'auth0', AUTH0_DOMAIN: 'acme.eu.auth0.com' },
    };
    expect(identityOf(env)).toEqual({ name: 'auth0', domain: 'acme.eu.auth0.com' });
  });

  it('takes Scalekit by its environment, or by the JSON of its dashboard', () => {
    const byId = {
      SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com',
      SCALEKIT_RESOURCE_ID: 'res_1',
    };
    expect(identityOf({ AUTH_PROVIDER: 'scalekit', ...byId, SCALEKIT_CUSTOM_DOMAIN: ' ' })).toEqual(
      { name: 'scalekit', variables: byId },
    );
    const byJson = { METADATA_JSON_RESPONSE: '{}' };
    expect(identityOf({ AUTH_PROVIDER: 'scalekit', ...byJson })).toEqual({
      ...{ name: 'scalekit', variables: byJson },
    });
  });

  it('takes any issuer by its name, with the claim that leads to roles', () => {
    expect(
      identityOf({
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
        'PORT must be a port from 1 to 65535; got "x". Leave it out for 3000.',
        'AUTH_PROVIDER must be one of "local", "scalekit", "auth0", "oidc"; got "okta". Leave it out for "local".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'scalekit', SCALEKIT_ENVIRONMENT_URL: 'acme' },
      [
        'SCALEKIT_ENVIRONMENT_URL must be an absolute URL; got "acme". Write it as "https://acme.scalekit.com".',
        'SCALEKIT_RESOURCE_ID is missing. Set it, for example to "res_88056357768398086".',
      ],
    ],
    [
      {
        AUTH_PROVIDER: 'scalekit',
        SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com',
        SCALEKIT_RESOURCE_ID: 'rs_1',
      },
      ['SCALEKIT_RESOURCE_ID must be "res_" and digits. Copy it from MCP Servers.'],
    ],
    [
      { AUTH_PROVIDER: 'auth0', DEMO_SHIFT_DATES: 'yes' },
      [
        'AUTH0_DOMAIN is missing. Set it, for example to "acme.eu.auth0.com".',
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
      { AUTH_PROVIDER: 'oidc', OIDC_TOKEN_TYPE: 'JWT' },
      [
        'OIDC_ISSUER is missing. Set it, for example to "https://login.example.com/realms/acme".',
        'OIDC_TOKEN_TYPE must be one of "at+jwt", "jwt"; got "JWT". Leave it out for "at+jwt".',
      ],
    ],
    [
      { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: 'http://login.example.com' },
      [
        'OIDC_ISSUER must use HTTPS unless it is on loopback; got "http:". Write it as "https://login.example.com/realms/acme".',
      ],
    ],
  ])('says what is wrong with %j', async (env, lines) => {
    expect(await refusalOf(env)).toEqual(lines);
  });
});
