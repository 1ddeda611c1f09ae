import {
  AuthError,
  ConfigurationError,
  isLoopback,
  ProviderUnavailableError,
} from '@portcullis/core';
import { importJWK, type JWK } from 'jose';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  type CryptoKey,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  PrivateKeyJwt,
  type ServerMetadata,
} from 'openid-client';
import { boundedFetch, mayUse } from './bounded-fetch.js';
import type { UpstreamAccountsOptions } from './upstream-options.js';

/** How long metadata is used before it is read again, in milliseconds. */
const MAX_AGE_MS = 3_600_000;

/**
 * The upstream provider, discovered when it is first needed and then once an hour; callers at the same time share one request, and a
 * failure is not remembered.
 *
 * Its metadata must carry the very issuer that was configured, and lead only where {@link mayUse} allows.
 */
export function createUpstreamServer(
  options: UpstreamAccountsOptions,
): () => Promise<Configuration> {
  let current: { readonly at: number; readonly found: Promise<Configuration> } | undefined;
  return () => {
    const age = Date.now() - (current?.at ?? 0);
    if (current && age >= 0 && age < MAX_AGE_MS) return current.found;
    const found = discover(options);
    const next = { at: Date.now(), found };
    current = next;
    found.catch(() => {
      if (current === next) current = undefined;
    });
    return found;
  };
}

async function discover(options: UpstreamAccountsOptions): Promise<Configuration> {
  const { issuer, clientId, timeoutMs = 5000 } = options;
  const url = new URL(issuer);
  const insecure = url.protocol === 'http:' && isLoopback(url) ? [allowInsecureRequests] : [];
  let configuration: Configuration;
  try {
    configuration = await discovery(url, clientId, {}, await authenticationOf(options), {
      [customFetch]: boundedFetch(url, timeoutMs),
      // The requests are bounded by the fetch; this one only must not come first.
      timeout: (timeoutMs / 1000) * 2,
      execute: [...insecure, enableNonRepudiationChecks],
    });
  } catch (cause) {
    throw outageOf(cause) ?? notUsable(url, 'has no discovery document that can be used', cause);
  }
  checkMetadata(configuration.serverMetadata(), url, issuer);
  return configuration;
}

/** @throws {ProviderUnavailableError} since metadata can be mended there while we wait, and the operator reads why in the audit log. */
function checkMetadata(metadata: ServerMetadata, url: URL, issuer: string): void {
  // The library forgives a slash, and two vendors everything.
  if (metadata.issuer !== issuer) throw notUsable(url, 'calls itself by another issuer');
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = metadata;
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri]) {
    if (typeof endpoint !== 'string') throw notUsable(url, 'lacks an endpoint in its metadata');
  }
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint]) {
    if (endpoint !== undefined && !mayUse(endpoint, url)) {
      throw notUsable(url, 'names an endpoint that must not be asked');
    }
  }
  // Not all that know PKCE say so; one that lists methods means it.
  const methods = metadata.code_challenge_methods_supported;
  if (methods && !methods.includes('S256')) throw notUsable(url, 'does not know PKCE with S256');
}

/** Signs or sends what the metadata asks for (CL-23). */
async function authenticationOf(options: UpstreamAccountsOptions): Promise<ClientAuth> {
  const { clientSecret, privateKey } = options;
  if (privateKey) return PrivateKeyJwt(await signingKey(privateKey));
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticate = methods.includes('client_secret_basic') ? basic : post;
    authenticate(server, client, body, headers);
  };
}

async function signingKey(jwk: JWK): Promise<{ key: CryptoKey; kid?: string }> {
  const { kid } = jwk;
  try {
    const key = (await importJWK(jwk)) as CryptoKey;
    return { key, ...(kid === undefined ? {} : { kid }) };
  } catch {
    throw new ConfigurationError([
      {
        option: 'upstream.privateKey',
        problem: 'cannot be read.',
        remedy: 'Export the private key as a JWK again.',
      },
    ]);
  }
}

/** What stands behind an error of the library, if it is one of ours: nobody could answer. */
export function outageOf(error: unknown): AuthError | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].find((one): one is AuthError => AuthError.isInstance(one));
}

/** An upstream provider that cannot be worked with is as good as away. */
function notUsable(url: URL, problem: string, cause?: unknown): ProviderUnavailableError {
  return new ProviderUnavailableError(`The upstream provider ${url.host} ${problem}.`, { cause });
}
