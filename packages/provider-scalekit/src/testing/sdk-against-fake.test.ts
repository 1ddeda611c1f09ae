import { ScalekitClient } from '@scalekit-sdk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalekitProvider } from '../index.js';
import { createFakeScalekit, type FakeScalekit } from './index.js';

let fake: FakeScalekit;
let sdk: ScalekitClient;
beforeAll(async () => {
  fake = await createFakeScalekit();
  const { clientId, clientSecret } = fake.environment.credentials;
  sdk = new ScalekitClient(fake.url, clientId, clientSecret, { timeoutMs: 2000 });
});
afterAll(() => fake.close());

describe("Scalekit's own SDK against the fake", () => {
  it('makes, reads and deletes a machine client of an organisation over gRPC, on the port of the keys', async () => {
    const { plainSecret, client } = await sdk.m2m.createOrganizationClient('org_1', {
      name: 'Nightly report',
      description: 'Runs at night',
      scopes: ['news:read'],
      customClaims: { team: 'research' },
    });
    const clientId = client?.clientId ?? '';
    expect(clientId).toMatch(/^m2morg_\d{16}$/);
    expect(client).toMatchObject({ name: 'Nightly report', organizationId: 'org_1' });

    const token = await sdk.generateClientToken(clientId, plainSecret);
    expect(await sdk.validateToken(token)).toMatchObject({
      ...{ iss: fake.url, sub: clientId, client_id: clientId, oid: 'org_1' },
      ...{ scopes: ['news:read'], team: 'research' },
    });

    expect((await sdk.m2m.getOrganizationClient('org_1', clientId)).client?.name).toBe(
      'Nightly report',
    );
    await expect(sdk.m2m.getOrganizationClient('org_2', clientId)).rejects.toThrow('not found');
    await sdk.m2m.deleteOrganizationClient('org_1', clientId);
    await expect(sdk.generateClientToken(clientId, plainSecret)).rejects.toThrow();
  });

  it('makes clients whose tokens are for no MCP server, and whoever runs one is told what to do (RS-53)', async () => {
    const { plainSecret, client } = await sdk.m2m.createOrganizationClient('org_1', {});
    const told: string[] = [];
    const provider = scalekitProvider({
      ...{ environmentUrl: fake.url, resourceId: fake.resourceId },
      report: (message) => void told.push(message),
    });
    const value = await sdk.generateClientToken(client?.clientId ?? '', plainSecret);
    const context = {
      resource: fake.resource,
      now: Math.floor(Date.now() / 1000),
      signal: AbortSignal.timeout(2000),
    };
    const detail =
      'The "aud" claim does not name this resource. It is of an organisation\'s machine client: register the machine under MCP Servers → Clients.';
    expect(await provider.verify({ scheme: 'Bearer', value }, context)).toEqual({
      ...{ kind: 'rejection', code: 'audience_mismatch', detail },
    });
    expect(told).toEqual([detail]);
  });

  it('is turned away without the credentials of the environment', async () => {
    const stranger = new ScalekitClient(fake.url, 'skc_1', 'guess', { timeoutMs: 2000 });
    await expect(stranger.m2m.createOrganizationClient('org_1', {})).rejects.toThrow();
    expect((await fetch(`${fake.url}/api/v1/resources`)).status).toBe(401);
  });

  it("validates users' tokens by the environment's keys", async () => {
    expect(await sdk.validateToken(await fake.mint({ scopes: ['news:read'] }))).toMatchObject({
      ...{ iss: fake.issuer, aud: [fake.resource, fake.resourceId], scope: 'news:read' },
    });
  });
});
