import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { scalekitProviderFromEnv } from './index.js';

const environmentUrl = 'https://acme.scalekit.com';
const resourceId = 'res_88056357768398086';
const metadata = JSON.stringify({
  authorization_servers: [`${environmentUrl}/resources/${resourceId}`],
  resource: 'http://localhost:10000/mcp/',
  scopes_supported: ['news:read'],
});

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}

describe('the environment variables', () => {
  const servers = [`${environmentUrl}/resources/${resourceId}`];
  it.each([
    ['by name', { SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: resourceId }],
    [
      'by audience',
      { SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_AUDIENCE_NAME: resourceId },
    ],
    ['by the JSON of the guides', { METADATA_JSON_RESPONSE: metadata }],
    ['by its other name', { PROTECTED_RESOURCE_METADATA: metadata }],
    [
      'with space around them, and others empty or blank',
      {
        SCALEKIT_ENVIRONMENT_URL: ` ${environmentUrl}/\r\n`,
        SCALEKIT_RESOURCE_ID: `${resourceId}\n`,
        SCALEKIT_CUSTOM_DOMAIN: ' ',
        METADATA_JSON_RESPONSE: '\n',
        PROTECTED_RESOURCE_METADATA: '',
      },
    ],
    [
      'twice, with space around one',
      { METADATA_JSON_RESPONSE: metadata, PROTECTED_RESOURCE_METADATA: `${metadata}\n` },
    ],
    [
      'as the guides have them',
      {
        SCALEKIT_ENVIRONMENT_URL: environmentUrl,
        SCALEKIT_CLIENT_ID: 'skc_1',
        SCALEKIT_CLIENT_SECRET: 'secret',
        SCALEKIT_RESOURCE_METADATA_URL:
          'http://localhost:10000/.well-known/oauth-protected-resource/mcp',
        SCALEKIT_AUDIENCE_NAME: 'http://localhost:10000/mcp/',
        METADATA_JSON_RESPONSE: metadata,
        SCALEKIT_RESOURCE_ID: '',
      },
    ],
  ])('configure it %s', (_name, env) => {
    expect(scalekitProviderFromEnv(env).authorizationServers).toEqual(servers);
  });

  it('lose against options', () => {
    const env = { SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: 'res_2' };
    const provider = scalekitProviderFromEnv(env, { resourceId });
    expect(provider.authorizationServers).toEqual(servers);
    const left = scalekitProviderFromEnv({ ...env, SCALEKIT_RESOURCE_ID: resourceId }, {
      environmentUrl: undefined,
    } as never);
    expect(left.authorizationServers).toEqual(servers);
  });

  it('are not blamed for what options say', () => {
    const env = { METADATA_JSON_RESPONSE: metadata, PROTECTED_RESOURCE_METADATA: '{}' };
    expect(messageOf(() => scalekitProviderFromEnv(env, { metadata: '{', resourceId: 'x' }))).toBe(
      'The configuration has 3 problems:\n  - "metadata" is not one JSON object. Copy the JSON from Dashboard → MCP Servers once more, without quotes around it.\n  - "SCALEKIT_ENVIRONMENT_URL" is missing. Pass the environment\'s URL of Scalekit\'s dashboard, or "metadata".\n  - "resourceId" must be "res_" and digits. Copy it from MCP Servers.',
    );
  });

  it.each([
    [
      {
        SCALEKIT_ENVIRONMENT_URL: `"${environmentUrl}"`,
        SCALEKIT_RESOURCE_ID: `'${resourceId}'`,
        METADATA_JSON_RESPONSE: `'${metadata}'`,
      },
      'The configuration has 3 problems:\n  - "METADATA_JSON_RESPONSE" is not one JSON object. Copy the JSON from Dashboard → MCP Servers once more, without quotes around it.\n  - "SCALEKIT_ENVIRONMENT_URL" must be an absolute URL; got "\\"https://acme.scalekit.com\\"". Write it like "https://acme.scalekit.com".\n  - "SCALEKIT_RESOURCE_ID" must be "res_" and digits. Copy it from MCP Servers.',
    ],
    [
      { SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_AUDIENCE_NAME: 'res_"1"' },
      '"SCALEKIT_AUDIENCE_NAME" must be "res_" and digits. Copy it from MCP Servers.',
    ],
    [
      {
        SCALEKIT_ENVIRONMENT_URL: environmentUrl,
        SCALEKIT_RESOURCE_ID: 'res_1',
        SCALEKIT_AUDIENCE_NAME: 'res_2',
      },
      '"SCALEKIT_AUDIENCE_NAME" and "SCALEKIT_RESOURCE_ID" are both set, and differ. Leave one of them out.',
    ],
    [
      {},
      'The configuration has 2 problems:\n  - "SCALEKIT_ENVIRONMENT_URL" is missing. Pass the environment\'s URL of Scalekit\'s dashboard, or "METADATA_JSON_RESPONSE".\n  - "SCALEKIT_RESOURCE_ID" is missing. Pass the id of the MCP server, "res_…", or "METADATA_JSON_RESPONSE".',
    ],
    [
      { PROTECTED_RESOURCE_METADATA: metadata, SCALEKIT_RESOURCE_ID: 'res_1' },
      '"SCALEKIT_RESOURCE_ID" is "res_1", and "PROTECTED_RESOURCE_METADATA" names "res_88056357768398086". Make them agree, or leave one of them out.',
    ],
    [
      {
        PROTECTED_RESOURCE_METADATA: '{}',
        METADATA_JSON_RESPONSE: metadata,
        SCALEKIT_RESOURCE_ID: 'res_1',
      },
      'The configuration has 2 problems:\n  - "PROTECTED_RESOURCE_METADATA" and "METADATA_JSON_RESPONSE" are both set, and differ. Leave one of them out.\n  - "SCALEKIT_RESOURCE_ID" is "res_1", and "METADATA_JSON_RESPONSE" names "res_88056357768398086". Make them agree, or leave one of them out.',
    ],
  ])('are named in what is wrong: %#', (env, message) => {
    expect(messageOf(() => scalekitProviderFromEnv(env))).toBe(message);
  });
});
