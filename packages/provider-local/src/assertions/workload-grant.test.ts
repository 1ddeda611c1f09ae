import type { ConfigurationError } from '@portcullis/core';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, type TestIssuer, vocabulary } from '../issuer.harness.js';
import {
  type FakeAuthority,
  JWT_BEARER,
  present,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from './assertions.harness.js';

const other = 'https://other.example/mcp';
let platform: FakeAuthority;
let issuer: TestIssuer;
beforeAll(async () => {
  platform = await startAuthority();
  issuer = await startTrusting(platform, platform, {
    resources: ['https://finance.example/mcp', other].map((resource) => ({
      resource,
      name: 'Finance',
      scopes: vocabulary,
    })),
    workloadIssuers: [
      {
        issuer: platform.issuer,
        jwksUri: `${platform.issuer}/jwks`,
        workloads: [
          {
            clientId: 'report',
            subject: 'system:serviceaccount:reports:nightly',
            claims: { cluster: 'c-17' },
            scopes: ['mcp:exec:workflows:*', 'mcp:tools:weather'],
          },
          {
            clientId: 'report-elsewhere',
            subject: [
              'system:serviceaccount:reports:hourly',
              'system:serviceaccount:reports:nightly',
            ],
            resource: other,
            scopes: ['mcp:tools:pay'],
          },
        ],
      },
    ],
  });
});
afterAll(async () => {
  await issuer.close();
  await platform.close();
});

const token = async (
  form: Readonly<Record<string, string | undefined>> = {},
  claims: Readonly<Record<string, unknown>> = {},
) => {
  const assertion = await workloadAssertion(platform, issuer, { claims });
  const { status, body } = await present(issuer, assertion, form);
  return { status, body };
};

describe("a workload's token", () => {
  it('names the workload as the operator does, and nothing of the assertion (EXT-60, EXT-66)', async () => {
    const { status, body } = await token();
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        expires_in: 300,
        scope: 'mcp:exec:workflows:* mcp:tools:weather',
        token_type: 'Bearer',
      },
    ]);
    const claims = claimsOf(String(body.access_token));
    expect(claims).toEqual({
      iss: issuer.issuer,
      sub: 'report',
      aud: 'https://finance.example/mcp',
      client_id: 'report',
      scope: 'mcp:exec:workflows:* mcp:tools:weather',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 300,
      jti: expect.any(String),
    });
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_issued',
      clientId: 'report',
      subject: 'report',
      detail: `by assertion of ${platform.issuer} about system:serviceaccount:reports:nightly`,
    });
  });

  it('comes for the endpoint as the audience too (EXT-64)', async () => {
    expect((await token({}, { aud: `${issuer.issuer}/token` })).status).toBe(200);
    expect((await token({}, { aud: [issuer.issuer] })).status).toBe(200);
  });

  it('comes whatever client the workload says that it is (EXT-60)', async () => {
    const { status, body } = await token({ client_id: 'anything' });
    expect([status, claimsOf(String(body.access_token)).sub]).toEqual([200, 'report']);
  });

  it('is for the resource of the rule that fits (EXT-62)', async () => {
    const { body } = await token({ resource: other });
    const claims = claimsOf(String(body.access_token));
    expect([claims.sub, claims.aud, claims.scope]).toEqual([
      'report-elsewhere',
      other,
      'mcp:tools:pay',
    ]);
    const unknown = await token({ resource: 'https://x.example/mcp' });
    expect(unknown).toEqual({
      status: 400,
      body: {
        error: 'invalid_target',
        error_description: 'the workload gets no token for this resource',
      },
    });
  });

  it('has what was asked for, never less: too much is invalid_scope (EXT-63)', async () => {
    const { body } = await token({ scope: 'mcp:exec:workflows:report' });
    expect(body.scope).toBe('mcp:exec:workflows:report');
    const malformed = await token({ scope: 'mcp:tools:weather  mcp:tools:weather' });
    expect(malformed.body.error).toBe('invalid_scope');
    for (const scope of ['mcp:tools:pay', 'mcp:tools:weather mcp:tools:pay', 'mcp:*']) {
      expect(await token({ scope })).toEqual({
        status: 400,
        body: {
          error: 'invalid_scope',
          error_description: 'more than the workload may have',
          scope,
        },
      });
    }
  });

  it('is a client to the gate, and ends with the access of the workload', async () => {
    const { body } = await token({}, { iat: Math.floor(Date.now() / 1000) });
    const value = String(body.access_token);
    const verdict = async () => {
      const context = {
        resource: 'https://finance.example/mcp',
        now: Date.now() / 1000,
        signal: AbortSignal.timeout(5000),
      };
      const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
      return answer.kind === 'principal' ? answer.actor : answer.code;
    };
    expect(await verdict()).toBe('client');
    await issuer.provider.revoke({ clientId: 'report' });
    expect(await verdict()).toBe('token_revoked');
    const before = await token({}, { iat: Math.floor(Date.now() / 1000) - 2 });
    expect(before.body.error).toBe('invalid_grant');
  });

  it('comes to oauth4webapi without any client authentication (EXT-60)', async () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const url = new URL(issuer.issuer);
    const discovery = await oauth.discoveryRequest(url, { ...options, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(url, discovery);
    expect(server.grant_types_supported).toContain(JWT_BEARER);
    const assertion = await workloadAssertion(platform, issuer);
    const response = await oauth.genericTokenEndpointRequest(
      server,
      { client_id: 'not-looked-at' },
      oauth.None(),
      JWT_BEARER,
      { assertion, resource: 'https://finance.example/mcp', scope: 'mcp:tools:weather' },
      options,
    );
    const client = { client_id: 'not-looked-at' };
    const result = await oauth.processGenericTokenEndpointResponse(server, client, response);
    expect(result).toMatchObject({ token_type: 'bearer', scope: 'mcp:tools:weather' });
    expect(result.refresh_token).toBeUndefined();
  });
});

describe('a platform that hands out one assertion for an hour', () => {
  it('may be trusted with that, with and without jti (EXT-28)', async () => {
    const lenient = await startTrusting(platform, platform, {
      workloadIssuers: [
        {
          issuer: platform.issuer,
          dangerouslyAllowReuse: true,
          workloads: [
            {
              clientId: 'pod',
              subject: 'system:serviceaccount:reports:nightly',
              scopes: ['mcp:tools:weather'],
            },
          ],
        },
      ],
    });
    const assertion = await workloadAssertion(platform, lenient, { claims: { jti: undefined } });
    for (const _ of [1, 2]) expect((await present(lenient, assertion)).status).toBe(200);
    await lenient.close();
  });
});

describe('what an operator writes down', () => {
  it('lets no client present assertions that nobody makes', async () => {
    const starting = startTrusting(platform, platform, { identityProviders: [] });
    await expect(starting).rejects.toThrow(
      '"clients[0].grantTypes" has "urn:ietf:params:oauth:grant-type:jwt-bearer", but nobody is trusted to make assertions. Set "identityProviders".',
    );
  });

  it('is refused with every fault at once (EXT-32, EXT-61, EXT-62)', async () => {
    const wrong = {
      identityProviders: [
        { issuer: 'http://idp.example', tenants: [], jwksUri: 'http://idp.example/jwks' },
        { issuer: 'https://two.example', account: () => undefined },
        { issuer: 'https://two.example', account: () => undefined },
      ],
      workloadIssuers: [
        { issuer: 'https://empty.example', workloads: [] },
        {
          issuer: 'https://platform.example',
          workloads: [
            { clientId: 'pins-nothing', scopes: ['mcp:tools:weather'] },
            { clientId: 'no-sub', subject: '', claims: { tenant: 'a' }, scopes: ['mcp:tools:pay'] },
            { clientId: 'desktop', subject: 'a', scopes: ['mcp:tools:pay'] },
            { clientId: 'deep', subject: 'a', claims: { a: {} }, scopes: ['mcp:tools:pay'] },
            { clientId: 'far', subject: 'a', resource: 'https://x.example', scopes: ['news:read'] },
            { clientId: 'none', subject: 'a', scopes: [] },
            { clientId: 'odd', subject: 'a', scopes: ['news:read'] },
          ],
        },
      ],
    };
    const starting = startTrusting(platform, platform, wrong as never);
    const problems = await starting.then(
      () => [],
      (error: unknown) => (error as ConfigurationError).problems,
    );
    expect(problems.map(({ option, problem }) => `${option} ${problem}`)).toEqual([
      'identityProviders[0].issuer must use HTTPS unless it is on loopback; got "http:".',
      'identityProviders[0].jwksUri must be an HTTPS URL unless it is on loopback, without credentials or fragment.',
      'identityProviders[0].account is missing.',
      'identityProviders[0].tenants names no tenant.',
      'identityProviders[2].issuer is there twice.',
      'workloadIssuers[0].workloads is empty.',
      'workloadIssuers[1].workloads[0].subject is missing or empty.',
      'workloadIssuers[1].workloads[1].subject is missing or empty.',
      'workloadIssuers[1].workloads[2].clientId "desktop" is used twice.',
      'workloadIssuers[1].workloads[3].claims has a value that is no text, number or boolean.',
      'workloadIssuers[1].workloads[4].resource "https://x.example" is none of "resources".',
      'workloadIssuers[1].workloads[5].scopes is empty.',
      'workloadIssuers[1].workloads[6].scopes has "news:read", which means nothing to that server.',
    ]);
  });
});
