import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, startAuthority } from './authority.harness.js';
import { callWith } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

/** A build service, which says of its programs which they are. */
let platform: Authority;
let world: World;
beforeAll(async () => {
  platform = await startAuthority();
  world = await startWorld(() => ({
    workloadIssuers: [
      {
        issuer: platform.issuer,
        workloads: [
          {
            clientId: 'nightly-report',
            subject: 'repo:acme/report:ref:refs/heads/main',
            scopes: ['mcp:exec:workflows:*'],
          },
        ],
      },
    ],
  }));
});
afterAll(async () => {
  await world.close();
  await platform.close();
});

/** Trades what the platform says for a token: without registration, and without a secret. */
async function tokenFor(sub: string): Promise<Response> {
  const now = Math.floor(Date.now() / 1000);
  const assertion = await platform.signer.sign(
    { iss: platform.issuer, sub, aud: world.origin, jti: randomUUID(), iat: now, exp: now + 300 },
    { header: { typ: 'JWT' } },
  );
  return fetch(`${world.origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
      resource: world.resource,
      scope: 'mcp:exec:workflows:portfolio-report',
    }),
  });
}

describe('a program that its platform vouches for', () => {
  it('calls what the operator wrote down for it, and is offered nothing else (EXT-06, EXT-60, EXT-62)', async () => {
    const response = await tokenFor('repo:acme/report:ref:refs/heads/main');
    const tokens = await response.json();
    expect([response.status, tokens]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'mcp:exec:workflows:portfolio-report',
      },
    ]);
    const authorization = `Bearer ${tokens.access_token}`;
    const client = new Client({ name: 'nightly', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(world.resource), {
        authProvider: { token: async () => tokens.access_token },
      }),
    );
    const report = await client.callTool({
      name: 'run_workflow',
      arguments: { workflow: 'portfolio-report', tickers: ['QLMB', 'TNDQ'] },
    });
    expect(report.isError).not.toBe(true);
    expect(await client.callTool({ name: 'whoami', arguments: {} })).toMatchObject({
      structuredContent: { subject: 'nightly-report', actor: 'client' },
    });
    const more = client.callTool({ name: 'analyze_sentiment', arguments: { texts: ['Up'] } });
    await expect(more).rejects.toMatchObject({
      data: {
        status: 403,
        text: '{"error":"access_denied","error_description":"This caller may not do that"}',
      },
    });
    await client.close();

    await world.provider.revoke({ clientId: 'nightly-report' });
    expect((await callWith(world.resource, { authorization })).status).toBe(401);
  });

  it('is nobody when its platform says another name (EXT-62, ATK-93)', async () => {
    const response = await tokenFor('repo:acme/report:ref:refs/heads/feature');
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'grant request is invalid' },
    ]);
  });
});
