import { readFileSync } from 'node:fs';
import type { Principal, Rejection } from '@portcullis/core';
import type { OidcProviderOptions } from '../oidc-options.js';
import type { OidcProvider } from '../oidc-provider.js';
import type { FakeOidc, FakeShape } from '../testing/index.js';
import { cognito, descope, entra, keycloak, logto, okta, ory, stytch, workos } from './index.js';

/**
 * A token as a vendor's documentation shows it: field names are the vendor's, values are made up.
 */
export interface Recorded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>> & { readonly iat: number };
}

/** Reads `__fixtures__/<vendor>/<name>.json`. */
export function recorded(vendor: string, name: string): Recorded {
  const url = new URL(`../__fixtures__/${vendor}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Recorded;
}

export const resource = 'https://finance.example.com/mcp';
export const project = 'project-test-11111111-1111-4111-8111-111111111111';
export const api = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
export const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';

/** One configuration of each preset, for the tokens in `__fixtures__`. */
export const configured: Readonly<Record<Exclude<FakeShape, 'plain'>, OidcProviderOptions>> = {
  keycloak: keycloak({
    baseUrl: 'https://auth.example.com',
    realm: 'finance',
    clientRoles: { client: 'finance-mcp', roles: { analyst: ['mcp:tools:analyze_sentiment'] } },
  }),
  okta: okta({
    domain: 'example.okta.com',
    authorizationServer: 'ausfinance123',
    audience: 'api://finance',
  }),
  entra: entra({
    tenantId,
    clientId: api,
    roles: { 'Finance.Analyst': ['mcp:tools:analyze_sentiment'] },
  }),
  cognito: cognito({
    region: 'eu-central-1',
    userPoolId: 'eu-central-1_Example12',
    clientIds: ['1example23456789', '2example3456789m2m'],
    resourceServer: 'finance',
    groups: { analysts: ['mcp:tools:analyze_sentiment'] },
  }),
  workos: workos({
    domain: 'example.authkit.app',
    clientId: 'client_01ENVIRONMENT0000000000000',
    permissions: { 'quotes:read': ['mcp:tools:get_quote'] },
  }),
  descope: descope({ projectId: 'P2aAAAAAAAAAAAAAAAAAAAAAAAAA' }),
  stytch: stytch({ projectId: project, domain: 'example.customers.stytch.dev', machines: true }),
  logto: logto({ endpoint: 'https://example.logto.app' }),
  ory: ory({ issuer: 'https://example.projects.oryapis.com' }),
};

/**
 * Signs the recorded claims with the fake's own key; the algorithm and the rest of the header are
 * the recorded ones.
 */
export function signed(
  fake: FakeOidc,
  { header, claims }: Recorded,
  change: object = {},
): Promise<string> {
  const { kid: _, ...others } = header;
  return fake.sign({ ...claims, ...change }, { header: others });
}

/** Asks a provider about a token, ten seconds after it was recorded. */
export function verify(
  provider: OidcProvider,
  value: string,
  { claims: { iat } }: Recorded,
): Promise<Principal | Rejection> {
  const signal = AbortSignal.timeout(10_000);
  return provider.verify({ scheme: 'Bearer', value }, { resource, now: iat + 10, signal });
}

/** The issuer that a preset names first. */
export const issuerOf = ({ issuer }: OidcProviderOptions): string => [issuer].flat()[0] ?? '';
