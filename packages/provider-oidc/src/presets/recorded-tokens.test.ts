import type { Principal } from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OidcProvider, oidcProvider } from '../oidc-provider.js';
import { createFakeOidc, type FakeOidc, type FakeShape } from '../testing/index.js';
import { configured, issuerOf, recorded, resource, signed, verify } from './presets.harness.js';

type Vendor = keyof typeof configured;
type Told = Omit<Partial<Principal>, 'kind' | 'claims'>;

/** What a preset reads out of the recorded tokens, by hand. */
const expected: Readonly<Record<Vendor, { readonly user: Told; readonly machine: Told }>> = {
  keycloak: {
    user: {
      actor: 'user',
      issuer: 'https://auth.example.com/realms/finance',
      subject: '4f2d7a39-7f0e-4c25-9d0a-8d1b6c2f5a10',
      clientId: 'mcp-inspector',
      scopes: ['openid', 'profile', 'email', 'mcp:tools:get_quote', 'mcp:tools:analyze_sentiment'],
      mapped: [
        {
          by: 'role',
          claim: 'resource_access.finance-mcp.roles',
          value: 'analyst',
          scopes: ['mcp:tools:analyze_sentiment'],
        },
      ],
      tokenId: 'onrtac:9c9a1f0e-6b7d-4c0a-b2fb-0c8f6f3e2f11',
      acr: '1',
      authenticatedAt: 1763699940,
    },
    machine: {
      actor: 'client',
      subject: 'd952cf23-bf92-4c8f-a3ff-4972b4f2bc5b',
      clientId: 'nightly-report',
      scopes: ['profile', 'email', 'mcp:tools:get_quote'],
    },
  },
  okta: {
    user: {
      actor: 'user',
      issuer: 'https://example.okta.com/oauth2/ausfinance123',
      subject: 'ada@example.com',
      clientId: '0oa1mcpclient2EFGH3',
      scopes: ['openid', 'offline_access', 'mcp:tools:get_quote'],
    },
    machine: {
      actor: 'client',
      subject: '0oa1machine2EFGH3ij',
      clientId: '0oa1machine2EFGH3ij',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  entra: {
    user: {
      actor: 'user',
      issuer: 'https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0',
      subject: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      clientId: '11112222-bbbb-3333-cccc-4444dddd5555',
      tenant: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
      scopes: ['mcp.get_quote', 'mcp:tools:analyze_sentiment'],
      mapped: [
        {
          by: 'role',
          claim: 'roles',
          value: 'Finance.Analyst',
          scopes: ['mcp:tools:analyze_sentiment'],
        },
      ],
    },
    machine: {
      actor: 'client',
      subject: '33334444-dddd-5555-eeee-6666ffff7777',
      clientId: '22223333-cccc-4444-dddd-5555eeee6666',
      tenant: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
      scopes: ['mcp:tools:analyze_sentiment'],
    },
  },
  cognito: {
    user: {
      actor: 'user',
      issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example12',
      subject: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      clientId: '1example23456789',
      scopes: ['openid', 'mcp:tools:get_quote', 'mcp:tools:analyze_sentiment'],
      mapped: [
        {
          by: 'prefix',
          claim: 'scope',
          value: 'finance/mcp:tools:get_quote',
          scopes: ['mcp:tools:get_quote'],
        },
        {
          by: 'role',
          claim: 'cognito:groups',
          value: 'analysts',
          scopes: ['mcp:tools:analyze_sentiment'],
        },
      ],
    },
    machine: {
      actor: 'client',
      subject: '2example3456789m2m',
      clientId: '2example3456789m2m',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  workos: {
    user: {
      actor: 'user',
      issuer: 'https://example.authkit.app',
      subject: 'user_01JQ0E27VT3MH79RY0FVA4QBP9',
      clientId: 'client_01JP8BD0CZ401TDF9X54NT5ZEK',
      tenant: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      scopes: ['openid', 'profile', 'mcp:tools:get_quote'],
      mapped: [
        { by: 'role', claim: 'permissions', value: 'quotes:read', scopes: ['mcp:tools:get_quote'] },
      ],
    },
    machine: {
      actor: 'client',
      clientId: 'client_01JQ0MACHINE0000000000000',
      tenant: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  descope: {
    user: {
      actor: 'user',
      issuer: 'https://api.descope.com/v1/apps/P2aAAAAAAAAAAAAAAAAAAAAAAAAA',
      subject: 'U2aAAAAAAAAAAAAAAAAAAAAAAAAA',
      clientId: 'TPA2aAAAAAAAAAAAAAAAAAAAAAAAAA',
      tenant: 'T2aAAAAAAAAAAAAAAAAAAAAAAAAA',
      scopes: ['openid', 'mcp:tools:get_quote'],
    },
    machine: {
      actor: 'client',
      clientId: 'TPA2bBBBBBBBBBBBBBBBBBBBBBBBBB',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  stytch: {
    user: {
      actor: 'user',
      issuer: 'https://example.customers.stytch.dev',
      subject: 'member-test-16d9ba61-97a1-4ba4-9720-b03761dc50c6',
      clientId: 'connected-app-test-d731954d-dab3-4a2b-bdee-07f3ad1be888',
      tenant: 'organization-test-07971b06-ac8b-4cdb-9c15-63b17e653931',
      scopes: ['openid', 'email', 'mcp:tools:get_quote'],
    },
    machine: {
      actor: 'client',
      issuer: 'stytch.com/project-test-11111111-1111-4111-8111-111111111111',
      clientId: 'm2m-client-test-d731954d-dab3-4a2b-bdee-07f3ad1be885',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  logto: {
    user: {
      actor: 'user',
      issuer: 'https://example.logto.app/oidc',
      subject: 'rkxl1ops7gs1',
      clientId: 'mcpinspector12345678',
      tenant: 'org1234567ab',
      scopes: ['mcp:tools:get_quote'],
    },
    machine: {
      actor: 'client',
      clientId: 'nightlyreport1234567',
      scopes: ['mcp:tools:get_quote'],
    },
  },
  ory: {
    user: {
      actor: 'user',
      issuer: 'https://example.projects.oryapis.com',
      subject: '0c8f6f3e-2f11-4f2d-8a39-7f0e4c259d0a',
      clientId: '7f0e4c25-9d0a-4d1b-8c2f-5a104f2d7a39',
      scopes: ['openid', 'offline_access', 'mcp:tools:get_quote'],
    },
    machine: {
      actor: 'client',
      clientId: 'b2fb0c8f-6f3e-4f11-9c9a-1f0e6b7d4c0a',
      scopes: ['mcp:tools:get_quote'],
    },
  },
};

const clientOf = (vendor: FakeShape): string => (vendor === 'cognito' ? '1example23456789' : 'c');

describe.each(Object.keys(expected) as Vendor[])('the preset %s', (vendor) => {
  let fake: FakeOidc;
  let provider: OidcProvider;
  beforeAll(async () => {
    const options = configured[vendor];
    fake = await createFakeOidc({ shape: vendor, issuer: issuerOf(options), resource });
    provider = oidcProvider({ ...options, fetch: fake.fetch });
  });
  afterAll(() => fake.close());

  it('finds the issuer where the vendor has it', async () => {
    await provider.ready();
    expect(provider.status()).toMatchObject([{ keys: 1 }]);
    expect(provider.id).toBe(vendor);
  });

  it.each(['user', 'machine'] as const)('reads the recorded token of a %s', async (kind) => {
    const token = recorded(vendor, kind);
    const principal = await verify(provider, await signed(fake, token), token);
    expect(principal).toMatchObject({ kind: 'principal', ...expected[vendor][kind] });
  });

  it('refuses the recorded ID token, whatever its audience (RS-55, ATK-45)', async () => {
    const token = recorded(vendor, 'id-token');
    const { aud } = recorded(vendor, 'user').claims;
    for (const change of [{}, { aud }, { aud: resource, nonce: 'n-0S6_WzA2Mj' }]) {
      const answer = await verify(provider, await signed(fake, token, change), token);
      expect(answer.kind).toBe('rejection');
    }
  });

  it('reads the tokens of the fake, which have no claim that the recorded ones lack', async () => {
    const scopes = ['mcp:tools:get_quote'];
    for (const kind of ['user', 'machine'] as const) {
      const client = String(recorded(vendor, 'machine').claims.client_id ?? 'machine-1');
      const token = await (kind === 'user'
        ? fake.mint({ scopes, claims: { client_id: clientOf(vendor) } })
        : fake.mintForClient(client, scopes));
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      const known = Object.keys(recorded(vendor, kind).claims);
      expect(Object.keys(claims).filter((name) => !known.includes(name))).toEqual([]);
    }
  });
});
