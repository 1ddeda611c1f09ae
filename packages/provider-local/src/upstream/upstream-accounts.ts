import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { accountOf } from './account-of-claims.js';
import { createLogoutReader } from './logout-token.js';
import type { UpstreamAccounts, UpstreamAnswer, UpstreamChecks } from './upstream.js';
import {
  type UpstreamAccountsOptions,
  type UpstreamClaims,
  upstreamProblems,
} from './upstream-options.js';
import { createUpstreamServer } from './upstream-server.js';
import { codeOf, faultOf, throwUnlessVerdict } from './upstream-verdict.js';

export type { UpstreamAccounts } from './upstream.js';
export type {
  UpstreamAccountsOptions,
  UpstreamClaims,
  UpstreamMapping,
} from './upstream-options.js';

type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** Sent where nobody wants to know more: obliges the upstream provider to say when a person signed in (OIDC Core §3.1.2.1). */
const ANY_AGE_SECONDS = 30 * 86_400;
/** Clocks differ. */
const SKEW_SECONDS = 30;
const DEFAULT_SCOPES = ['openid', 'profile', 'email'] as const;

/**
 * People who sign in at another OpenID provider, such as your company's: authorization code with PKCE, `state`, `nonce` and `iss`, an ID
 * token whose signature, issuer, audience, nonce and times are checked, nothing of it in the browser.
 *
 * Discovery happens at the first sign-in. Does NOT end a sign-in there. What happens to a person there is only heard of with
 * `offline_access`, by logout tokens, or when the person signs in again, after 31 days at most.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every option that is wrong.
 * @see OpenID Connect Core 1.0 §3.1, RFC 9207, RFC 9700 §2.1
 */
export function upstreamAccounts(options: UpstreamAccountsOptions): UpstreamAccounts {
  const problems = upstreamProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { issuer, name, scopes = DEFAULT_SCOPES, recheckMinutes = 15 } = options;
  const server = createUpstreamServer(options);

  return {
    kind: 'upstream',
    name,
    issuer,
    scopes: [...scopes],
    recheckSeconds: recheckMinutes * 60,
    readLogout: createLogoutReader(options, server),

    async authorizationUrl({ state, redirectUri, checks, prompt, maxAge = ANY_AGE_SECONDS }) {
      const configuration = await server();
      const prompts = configuration.serverMetadata().prompt_values_supported;
      // Not everybody knows how to offer another account; to ask for the password again is in the core.
      const choose = Array.isArray(prompts) && prompts.includes('select_account');
      const asked = [
        ...(prompt ? [prompt === 'select_account' && !choose ? 'login' : prompt] : []),
        // OIDC Core §11: without it, the scope may be ignored.
        ...(scopes.includes('offline_access') ? ['consent'] : []),
      ];
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        nonce: checks.nonce,
        code_challenge: await calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: 'S256',
        max_age: String(maxAge),
        ...(asked.length > 0 ? { prompt: asked.join(' ') } : {}),
      });
    },

    async redeem(arrival, state, checks): Promise<UpstreamAnswer> {
      const configuration = await server();
      try {
        const tokens = await authorizationCodeGrant(configuration, arrival, {
          expectedState: state,
          expectedNonce: checks.nonce,
          pkceCodeVerifier: checks.codeVerifier,
          idTokenExpected: true,
        });
        const idToken = tokens.claims();
        if (!idToken) return { kind: 'invalid', detail: 'no ID token came' };
        if (isStale(idToken, checks)) return { kind: 'stale' };
        const account = await accountOf(await claimsOf(configuration, tokens, idToken), options);
        if (!account) return { kind: 'refused' };
        const { auth_time: authTime, sub, sid } = idToken;
        const { refresh_token: refreshToken } = tokens;
        return {
          kind: 'signed_in',
          person: {
            account,
            sub,
            ...(typeof sid === 'string' ? { sid } : {}),
            // A NumericDate may have a fraction (RFC 7519 §2); ours have none.
            ...(authTime === undefined ? {} : { signedInAt: Math.floor(authTime) }),
            ...(refreshToken && scopes.includes('offline_access') ? { refreshToken } : {}),
          },
        };
      } catch (error) {
        if (error instanceof AuthorizationResponseError) return declined(error.error);
        throwUnlessVerdict(error);
        return { kind: 'invalid', detail: faultOf(error) };
      }
    },

    async renew(refreshToken) {
      const configuration = await server();
      try {
        const tokens = await refreshTokenGrant(configuration, refreshToken);
        const idToken = tokens.claims();
        const account = async () => {
          try {
            return (
              idToken && (await accountOf(await claimsOf(configuration, tokens, idToken), options))
            );
          } catch (error) {
            return notUsable(error);
          }
        };
        return {
          kind: 'good',
          refreshToken: tokens.refresh_token ?? refreshToken,
          ...(idToken ? { sub: idToken.sub, account } : {}),
        };
      } catch (error) {
        if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
          return { kind: 'ended' };
        }
        return notUsable(error);
      }
    },
  };

  /** Of a person who is away nobody can ask for another try: what cannot be used is no answer at all. */
  function notUsable(cause: unknown): never {
    throwUnlessVerdict(cause);
    const { host } = new URL(issuer);
    throw new ProviderUnavailableError(
      `The upstream provider ${host} gave no answer that can be used.`,
      { cause },
    );
  }
}

function isStale({ auth_time: signedInAt }: IDToken, { notBefore }: UpstreamChecks): boolean {
  if (notBefore === undefined) return false;
  return signedInAt === undefined || signedInAt + SKEW_SECONDS < notBefore;
}

/** Many put no more than `sub` into the ID token. Where the two differ, the signed one counts. */
async function claimsOf(
  configuration: Configuration,
  { access_token: token }: Tokens,
  idToken: IDToken,
): Promise<UpstreamClaims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return { ...idToken };
  try {
    return { ...(await fetchUserInfo(configuration, token, idToken.sub)), ...idToken };
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
    throw new ProviderUnavailableError(
      'The upstream provider refuses the token it has just issued.',
    );
  }
}

function declined(error: string): UpstreamAnswer {
  if (error === 'temporarily_unavailable' || error === 'server_error') {
    throw new ProviderUnavailableError(`The upstream provider answered ${error}.`);
  }
  return { kind: 'declined', error: codeOf(error) };
}
