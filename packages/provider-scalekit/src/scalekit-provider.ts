import {
  type AuthProvider,
  ConfigurationError,
  type ConfigurationProblem,
  type IssuerStatus,
  rejection,
} from '@portcullis/core';
import {
  createGrantReader,
  createJwtVerifier,
  createRemoteKeys,
  type FetchBounds,
  onceAMinute,
  principalFromJwt,
  toleratingOutage,
} from '@portcullis/core/jwt';
import { checkMetadata } from './check-metadata.js';
import { serverUrlHint, withHint } from './operator-hints.js';
import { isForAnother, SCOPE_CLAIMS, scalekitClaims } from './scalekit-claims.js';
import {
  type OptionNames,
  optionNames,
  type ScalekitProviderOptions,
  toSettings,
} from './scalekit-options.js';
import { sdkSignatures } from './sdk-signatures.js';

/** Scalekit as the authorization server of one MCP server. */
export interface ScalekitProvider extends AuthProvider {
  readonly id: 'scalekit';
  /**
   * Asks Scalekit once, at start-up: keys, and the metadata of the MCP server, which clients will
   * look for and compare: what they will stumble over is reported. Optional: the first token
   * fetches the keys too.
   *
   * @param signal - Ends the wait. Default: twice `timeoutMs`.
   * @throws {ConfigurationError} `CONFIGURATION_INVALID` when the metadata is of another issuer.
   * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when Scalekit cannot be asked, or
   *   knows no such MCP server.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** State of the keys, for a health answer. */
  status(): readonly IssuerStatus[];
}

/**
 * Verifies the access tokens that Scalekit issues for one MCP server, through its official SDK.
 *
 * Checks, in order: shape, `typ` (JWT or at+jwt), `alg` (RS256), `kid`, the signature (SDK), `iss`
 * (the environment or the MCP server, of the environment's URL or its own domain), `aud` (`res_…`,
 * or this server's URL as it stands), `exp`, `nbf`, `iat`, that `sub` and `client_id` are there,
 * that it is no ID token, and that neither a Server URL or a `res_…` in `aud` nor `resource` names
 * another server and not this one.
 * Does NOT check scopes, nor whether a consent was revoked since: an access token lives until it
 * expires.
 *
 * Returns at once and asks nobody. Nothing here needs the environment's client id and secret.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every option that is wrong.
 */
export function scalekitProvider(options: ScalekitProviderOptions): ScalekitProvider {
  return createProvider(options, optionNames);
}

/** @param found - Problems that are known already, to be named with the others. */
export function createProvider(
  options: ScalekitProviderOptions,
  names: OptionNames,
  found: readonly ConfigurationProblem[] = [],
): ScalekitProvider {
  const { settings, problems: own } = toSettings(options, names);
  const problems = [...found, ...own];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { environmentUrl, resourceId, issuers, serverUrl } = settings;
  const { timeoutMs = 3000, retryAfter = 5, clockTolerance = 5, keySnapshot } = options;
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const report = onceAMinute(options.report);

  const keys = createRemoteKeys({
    jwksUri: `${environmentUrl}/keys`,
    ...{ fetch, timeoutMs, retryAfter, report },
    ...(keySnapshot ? { snapshot: keySnapshot } : {}),
  });
  const signatures = sdkSignatures(keys, timeoutMs);
  const verifier = createJwtVerifier({
    issuer: issuers,
    keys: signatures,
    algorithms: ['RS256'],
    typ: 'jwt',
    audience: [resourceId],
    // Without scopes as well: what an access token may do is not for us to say. An ID token is for
    // its client, never for "res_…".
    requiredClaims: ['sub', 'iat', 'client_id'],
    clockTolerance,
  });
  const reader = createGrantReader(options.grants ?? {}, SCOPE_CLAIMS);
  const mapping = scalekitClaims(reader);
  const within = (signal: AbortSignal): FetchBounds => ({
    ...{ timeoutMs, maxBytes: 262_144 },
    fetch(url, init) {
      const signals = [signal, ...(init.signal ? [init.signal] : [])];
      return fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
  });

  return {
    specificationVersion: 'v1',
    id: 'scalekit',
    authorizationServers: [settings.authorizationServer],
    issuers,
    ...reader.members,

    async verify(token, context) {
      const hint = serverUrlHint(serverUrl, context.resource);
      if (hint !== undefined) report(hint);
      const verified = await verifier.verify(token.value, context);
      if (verified.kind === 'rejection') {
        const refused = withHint(verified, token.value);
        if (refused !== verified) report(refused.detail);
        return refused;
      }
      if (isForAnother(verified.claims, context.resource, resourceId)) {
        const detail =
          'The token names this server, and another one too. Compare its Server URL and id in Dashboard → MCP Servers.';
        report(detail);
        return rejection('audience_mismatch', detail);
      }
      return principalFromJwt(verified, mapping);
    },

    onRevocation: (listen) => keys.onRetired(() => listen({ kind: 'keys' })),

    async ready(given) {
      // First, and alone: while it is loaded nothing else runs, and the others have to be in time.
      await signatures.load();
      const signal = given ?? AbortSignal.timeout(2 * timeoutMs);
      const checked = toleratingOutage(keySnapshot, async () => {
        const hint = await checkMetadata(settings, names, within(signal));
        if (hint !== undefined) report(hint);
      });
      await Promise.all([checked, keys.load(signal)]);
    },
    status: () => [{ issuers, ...keys.status() }],
  };
}
