import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { readScalekitMetadata, scalekitProvider } from './index.js';
import { type ScalekitProviderOptions, toSettings } from './scalekit-options.js';

const environmentUrl = 'https://acme.scalekit.com';
const resourceId = 'res_88056357768398086';
const document = {
  authorization_servers: [`${environmentUrl}/resources/${resourceId}`],
  bearer_methods_supported: ['header'],
  resource: 'http://localhost:10000/mcp/',
  resource_documentation: 'http://localhost:10000/mcp/docs',
  scopes_supported: ['news:read'],
};
const metadata = JSON.stringify(document);

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

describe('the settings', () => {
  it.each<[string, ScalekitProviderOptions]>([
    ['both options', { environmentUrl, resourceId }],
    ['a slash at the end', { environmentUrl: `${environmentUrl}/`, resourceId }],
    ['the JSON of the dashboard', { metadata }],
    ['what that parses to', { metadata: document }],
    ['all of them, where they agree', { environmentUrl, resourceId, metadata }],
  ])('are the same from %s', (_name, options) => {
    const { settings, problems } = toSettings(options);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      ...{ environmentUrl, resourceId },
      issuers: [environmentUrl, `${environmentUrl}/resources/${resourceId}`],
      authorizationServer: `${environmentUrl}/resources/${resourceId}`,
    });
    const { authorizationServers, issuers } = scalekitProvider(options);
    expect(authorizationServers).toEqual([`${environmentUrl}/resources/${resourceId}`]);
    expect(issuers).toEqual(settings.issuers);
  });

  it('accept four issuers where the environment has its own domain, and fetch the keys from the environment', () => {
    const { settings } = toSettings({
      ...{ environmentUrl, resourceId },
      customDomain: 'auth.example.com',
    });
    expect(settings.issuers).toEqual([
      environmentUrl,
      `${environmentUrl}/resources/${resourceId}`,
      'https://auth.example.com',
      `https://auth.example.com/resources/${resourceId}`,
    ]);
    expect(settings.environmentUrl).toBe(environmentUrl);
  });

  it('send clients to the own domain where tokens name it, unless the dashboard names another place', () => {
    const customDomain = 'auth.example.com';
    expect(
      scalekitProvider({ environmentUrl, resourceId, customDomain }).authorizationServers,
    ).toEqual([`https://auth.example.com/resources/${resourceId}`]);
    expect(scalekitProvider({ metadata, customDomain }).authorizationServers).toEqual([
      `${environmentUrl}/resources/${resourceId}`,
    ]);
  });

  it('send clients to the place that the dashboard names, on the own domain too', () => {
    const server = `https://auth.example.com/resources/${resourceId}`;
    const own = { ...document, authorization_servers: [server] };
    const options = { environmentUrl, customDomain: 'https://auth.example.com/', metadata: own };
    const { settings, problems } = toSettings(options);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ environmentUrl, resourceId, authorizationServer: server });
  });
});

describe('what is wrong', () => {
  it('is named all at once', () => {
    const make = () =>
      scalekitProvider({
        environmentUrl: 'http://acme.scalekit.com/tenant',
        resourceId: 'mcp',
        clockTolerance: 301,
        timeoutMs: 0,
        retryAfter: -1,
        grants: { roleClaims: ['roles'] },
      });
    expect(messageOf(make)).toBe(
      [
        'The configuration has 6 problems:',
        '"environmentUrl" must use HTTPS unless it is on loopback; got "http:". Write it like "https://acme.scalekit.com".',
        '"resourceId" must be "res_" and digits. Copy it from MCP Servers.',
        '"grants.roles" is missing. Write for each role or group what it stands for.',
        '"clockTolerance" must be 0 to 300; got 301. Leave it out for the default.',
        '"timeoutMs" must be 1 to 60000; got 0. Leave it out for the default.',
        '"retryAfter" must be 0 to 3600; got -1. Leave it out for the default.',
      ].join('\n  - '),
    );
  });

  it.each<[string, ScalekitProviderOptions, string]>([
    [
      'nothing at all',
      {},
      'The configuration has 2 problems:\n  - "environmentUrl" is missing. Pass the environment\'s URL of Scalekit\'s dashboard, or "metadata".\n  - "resourceId" is missing. Pass the id of the MCP server, "res_…", or "metadata".',
    ],
    [
      'a path',
      { environmentUrl: `${environmentUrl}/resources/${resourceId}`, resourceId },
      '"environmentUrl" must not have a path. Write "https://acme.scalekit.com".',
    ],
    [
      'a URL without its scheme',
      { environmentUrl: 'acme.scalekit.com', resourceId },
      '"environmentUrl" must be an absolute URL; got "acme.scalekit.com". Write it like "https://acme.scalekit.com".',
    ],
    [
      'a domain with a path',
      { environmentUrl, resourceId, customDomain: 'auth.example.com/mcp' },
      '"customDomain" must not have a path. Write "https://auth.example.com".',
    ],
    [
      'capitals',
      { environmentUrl: 'https://ACME.scalekit.com', resourceId },
      '"environmentUrl" must be in canonical form; got "https://ACME.scalekit.com". Write "https://acme.scalekit.com".',
    ],
    [
      'values of other types',
      {
        ...{ environmentUrl: 5, resourceId: 5, customDomain: {}, metadata: null },
        ...{ clockTolerance: '5', timeoutMs: '100' },
      } as never,
      [
        'The configuration has 6 problems:',
        '"metadata" is not one JSON object. Copy the JSON from Dashboard → MCP Servers once more, without quotes around it.',
        '"environmentUrl" must be an absolute URL; got "5". Write it like "https://acme.scalekit.com".',
        '"customDomain" must be an absolute URL; got "https://[object Object]". Write it like "https://auth.example.com".',
        '"resourceId" must be "res_" and digits. Copy it from MCP Servers.',
        '"clockTolerance" must be 0 to 300; got 5. Leave it out for the default.',
        '"timeoutMs" must be 1 to 60000; got 100. Leave it out for the default.',
      ].join('\n  - '),
    ],
    [
      'an id with a line end',
      { environmentUrl, resourceId: `${resourceId}\n` },
      '"resourceId" must be "res_" and digits. Copy it from MCP Servers.',
    ],
    [
      'an id with a path behind it',
      { environmentUrl, resourceId: `${resourceId}/oauth` },
      '"resourceId" must be "res_" and digits. Copy it from MCP Servers.',
    ],
    [
      'another environment',
      { environmentUrl: 'https://acme.scalekit.dev', metadata },
      '"environmentUrl" is "https://acme.scalekit.dev", and "metadata" names "https://acme.scalekit.com". Make them agree, or pass "customDomain" if that is its own domain.',
    ],
    [
      'another server',
      { resourceId: 'res_1', metadata },
      '"resourceId" is "res_1", and "metadata" names "res_88056357768398086". Make them agree, or leave one of them out.',
    ],
    [
      'an own domain alone',
      {
        customDomain: 'auth.example.com',
        metadata: {
          ...document,
          authorization_servers: [`https://auth.example.com/resources/${resourceId}`],
        },
      },
      '"environmentUrl" is missing. Pass the environment\'s URL of Scalekit\'s dashboard, or "metadata".',
    ],
  ])('is said of %s', (_name, options, message) => {
    expect(messageOf(() => scalekitProvider(options))).toBe(message);
  });
});

describe('the metadata of the dashboard', () => {
  it('says all that there is to know', () => {
    expect(readScalekitMetadata(metadata)).toEqual({
      ...{ environmentUrl, resourceId },
      authorizationServer: `${environmentUrl}/resources/${resourceId}`,
      resource: 'http://localhost:10000/mcp/',
      scopes: ['news:read'],
    });
  });

  it.each([
    ['no JSON', '{', 'is not one JSON object.'],
    ['an array', '[]', 'is not one JSON object.'],
    [
      'no server',
      { ...document, authorization_servers: [] },
      'names no authorization server of the form "https://…/resources/res_…".',
    ],
    [
      'a server without an id',
      { ...document, authorization_servers: [environmentUrl] },
      'names no authorization server of the form "https://…/resources/res_…".',
    ],
    [
      'a path behind the id',
      { ...document, authorization_servers: [`${environmentUrl}/resources/${resourceId}/oauth`] },
      'names no authorization server of the form "https://…/resources/res_…".',
    ],
    [
      'a user in the URL',
      { ...document, authorization_servers: [`https://a@b/resources/${resourceId}`] },
      'names no authorization server of the form "https://…/resources/res_…".',
    ],
    ['no resource', { ...document, resource: 'mcp' }, 'has no "resource" that is a URL.'],
    [
      'odd scopes',
      { ...document, scopes_supported: ['a b'] },
      'has "scopes_supported" that are no scopes.',
    ],
  ])('is refused with %s', (_name, given, problem) => {
    expect(messageOf(() => readScalekitMetadata(given))).toBe(
      `"metadata" ${problem} Copy the JSON from Dashboard → MCP Servers once more${problem.endsWith('object.') ? ', without quotes around it' : ''}.`,
    );
  });
});
