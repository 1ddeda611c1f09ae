import type { AuthProvider } from '@portcullis/core';
import type { ServerFault, TokenChange } from '@portcullis/core/testing';
import { auth0Provider } from '@portcullis/provider-auth0';
import { createFakeAuth0 } from '@portcullis/provider-auth0/testing';
import { oidcProvider } from '@portcullis/provider-oidc';
import { createFakeOidc } from '@portcullis/provider-oidc/testing';
import { scalekitProvider } from '@portcullis/provider-scalekit';
import { createFakeScalekit } from '@portcullis/provider-scalekit/testing';
import type { IdentityName } from './identity/identity-config.js';
import { scopes } from './scopes.js';

/** An issuer that mints what a test wants, and providers that trust it. */
export interface TestIssuer {
  readonly issuer: string;
  /** One that has asked nobody yet. It gives up after 200 milliseconds, and asks again at once. */
  provider(): AuthProvider;
  /** A good token, save for the change, whose claims have the names of RFC 9068. */
  mint(change?: TokenChange): Promise<string>;
  breakWith(fault: Extract<ServerFault, string>): void;
  close(): Promise<void>;
}

/** A vendor's fake. */
export interface TestVendor extends TestIssuer {
  /** The environment variables that a user would set for it. */
  readonly variables: Readonly<Record<string, string>>;
  mint(change?: TokenChange & { readonly scopes?: readonly string[] }): Promise<string>;
  /** Calls itself otherwise in its metadata. */
  misname(): void;
}

/** The vendors there are fakes of. */
export type VendorName = Exclude<IdentityName, 'local'>;

/** All of them. */
export const vendorNames = ['scalekit', 'auth0', 'oidc'] as const satisfies VendorName[];

const quick = { timeoutMs: 200, retryAfter: 0 };
const OTHER = 'https://other.example.com/';

const fakes: Readonly<Record<VendorName, (resource: string) => Promise<TestVendor>>> = {
  async scalekit(resource) {
    const fake = await createFakeScalekit({ resource, scopes: scopes.names });
    const { url: environmentUrl, resourceId } = fake;
    return {
      ...fake,
      provider: () => scalekitProvider({ environmentUrl, resourceId, ...quick }),
      variables: {
        AUTH_PROVIDER: 'scalekit',
        SCALEKIT_ENVIRONMENT_URL: environmentUrl,
        SCALEKIT_RESOURCE_ID: resourceId,
      },
      misname() {
        fake.switches.metadataIssuer = OTHER;
      },
    };
  },
  async auth0(resource) {
    const fake = await createFakeAuth0({ api: { identifier: resource, scopes: scopes.names } });
    const { issuer } = fake;
    return {
      ...fake,
      provider: () => auth0Provider({ issuer, ...quick }),
      variables: { AUTH_PROVIDER: 'auth0', AUTH0_ISSUER: issuer },
      misname: () => fake.misname(OTHER),
    };
  },
  async oidc(resource) {
    const fake = await createFakeOidc({ resource });
    const { issuer } = fake;
    return {
      ...fake,
      provider: () => oidcProvider({ issuer, ...quick }),
      variables: { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: issuer },
      misname: () => fake.misname(OTHER),
    };
  },
};

/** Starts the fake of a vendor that makes tokens for this resource. Close it when the test is over. */
export function startFake(name: VendorName, resource: string): Promise<TestVendor> {
  return fakes[name](resource);
}
