import { ProviderUnavailableError } from '@portcullis/core';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Configuration } from 'openid-client';
import { boundedFetch } from './bounded-fetch.js';
import type { UpstreamLogout } from './upstream.js';
import type { UpstreamAccountsOptions } from './upstream-options.js';
import { outageOf } from './upstream-server.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds for which a logout token counts: it is made for one request. */
const LONGEST_SECONDS = 600;
const SKEW_SECONDS = 30;
const asymmetric = /^(ES(256|384|512)|PS(256|384|512)|RS(256|384|512)|EdDSA|Ed25519)$/;

/**
 * Judges the logout tokens of the upstream provider: type, signature, issuer, audience, age, event, and that it names somebody and is no
 * ID token. Does NOT see whether one comes a second time.
 *
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6
 */
export function createLogoutReader(
  options: UpstreamAccountsOptions,
  server: () => Promise<Configuration>,
): (token: string) => Promise<UpstreamLogout> {
  const { issuer, clientId, timeoutMs = 5000 } = options;
  const url = new URL(issuer);
  let keys: { readonly from: string; readonly get: JWTVerifyGetKey } | undefined;

  function keysAt(from: string): JWTVerifyGetKey {
    if (keys?.from !== from) {
      const bounds = {
        [customFetch]: boundedFetch(url, timeoutMs),
        timeoutDuration: timeoutMs * 2,
      };
      keys = { from, get: createRemoteJWKSet(new URL(from), bounds) };
    }
    return keys.get;
  }

  return async (token) => {
    const { jwks_uri: from = '', id_token_signing_alg_values_supported: listed } = (
      await server()
    ).serverMetadata();
    const algorithms = (Array.isArray(listed) ? listed : ['RS256']).filter((alg) =>
      asymmetric.test(String(alg)),
    );
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keysAt(from), {
        issuer,
        audience: clientId,
        algorithms,
        requiredClaims: ['jti', 'iat'],
        maxTokenAge: LONGEST_SECONDS,
        clockTolerance: SKEW_SECONDS,
      });
      const { typ = 'JWT' } = protectedHeader;
      if (!/^(application\/)?(logout\+)?jwt$/i.test(typ)) return invalid('typ');
      return logoutOf(payload);
    } catch (error) {
      if (error instanceof errors.JWKSInvalid || error instanceof errors.JWKSTimeout) {
        throw new ProviderUnavailableError('The upstream provider has no keys that can be used.');
      }
      if (outageOf(error) || !(error instanceof errors.JOSEError)) throw error;
      return invalid(error.code);
    }
  };
}

function logoutOf(payload: JWTPayload): UpstreamLogout {
  const { sub, sid, jti, iat, nonce } = payload;
  const events = payload.events as Readonly<Record<string, unknown>> | undefined;
  const event = typeof events === 'object' && events !== null ? events[EVENT] : undefined;
  if (typeof event !== 'object' || event === null) return invalid('events');
  if (nonce !== undefined) return invalid('nonce');
  if (typeof sub !== 'string' && typeof sid !== 'string') return invalid('neither sub nor sid');
  return {
    kind: 'logout',
    ...(typeof sub === 'string' ? { sub } : {}),
    ...(typeof sid === 'string' ? { sid } : {}),
    tokenId: String(jti),
    expiresAt: Number(iat) + LONGEST_SECONDS + SKEW_SECONDS,
  };
}

const invalid = (detail: string): UpstreamLogout => ({ kind: 'invalid', detail });
