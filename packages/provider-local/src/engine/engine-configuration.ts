import { randomBytes } from 'node:crypto';
import type { Configuration } from 'oidc-provider';
import { clientKind, SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import type { ClientDocuments } from '../documents/client-documents.js';
import { takesDocuments } from '../documents/document-url.js';
import { OFFERED_METHODS, settleMethod } from '../documents/offered-methods.js';
import { refreshRotation } from '../grants/refresh-rotation.js';
import { CONSENT_DAYS } from '../grants/remembered-consent.js';
import { nonceSecret, proofAlgorithms } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import { checkClientAssertion } from './client-assertion.js';
import { checkClientMetadata, REGISTERED_SCOPE } from './client-metadata.js';
import type { EngineKeys } from './engine.js';
import { engineAdapter } from './engine-adapter.js';
import type { EngineHooks } from './engine-hooks.js';
import { createInteractionPolicy, SIGN_IN_MAX_AGE } from './interaction-policy.js';
import { singleUsePushedRequests } from './pushed-requests.js';
import { toEngineClient } from './registered-clients.js';
import { expiringRegistrations } from './registration-lifetime.js';
import { noteAssertion } from './replay-adapter.js';
import { SESSION_SECONDS, sessionCookie } from './session-cookie.js';

/** Where the engine hears requests, below the path of the issuer. Nothing else is passed on to it. */
export const enginePaths = {
  authorization: '/authorize',
  token: '/token',
  registration: '/register',
  revocation: '/revoke',
  introspection: '/introspect',
  pushed_authorization_request: '/par',
} as const;

/** Algorithms that a client assertion may be signed with (RFC 7523). Asymmetric only. */
export const assertionAlgorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;

/** How a client may authenticate at the token endpoint. */
export const authenticationMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

const DAY = 86_400;
/** Seconds that access lasts at most without asking again; what the consent page promises. */
const REFRESH_SECONDS = CONSENT_DAYS * DAY;
/** Seconds for signing in and deciding. */
export const INTERACTION_SECONDS = 600;

/**
 * The token endpoint, which RFC 7523 §3 suggested and ChatGPT writes into its assertions, for clients that come by document: nobody
 * here can have them changed, and without a signature they would be public clients (AS-96).
 */
function assertionAudience(clientId: string, { issuer, clients }: Settings): string | undefined {
  return clientKind(clientId, clients) === 'document' ? `${issuer}${enginePaths.token}` : undefined;
}

/** Everything the engine does by default and must not, or must do and does not, is said here. */
export function engineConfiguration(
  settings: Settings,
  { signingKey, cookieKeys }: EngineKeys,
  hooks: EngineHooks,
  documents: ClientDocuments,
): Configuration {
  const { issuer, store, secure, clients, dpop, pushedAuthorizationRequests } = settings;
  const off = { enabled: false } as const;
  const cookie = sessionCookie(settings);
  // Cookies do not tell ports apart, so two servers on loopback would sign each other's people out.
  const local = `portcullis-${new URL(issuer).port || '80'}`;
  const name = (prefix: string, what: string) =>
    secure ? `${prefix}portcullis-${what}` : `${local}-${what}`;

  return {
    adapter: (kind: string) =>
      singleUsePushedRequests(
        kind,
        expiringRegistrations(kind, engineAdapter(kind, store, hooks.answers), settings),
        store,
      ),
    clients: [...clients.values()].map((client) => toEngineClient(client, settings.assertions)),
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: signingKey.alg,
    },
    // The one that signs and no other: the published set is the front's.
    jwks: { keys: [signingKey] } as NonNullable<Configuration['jwks']>,
    routes: { ...enginePaths },
    cookies: {
      keys: [...cookieKeys],
      names: {
        session: name('__Host-', 'session'),
        // Their paths are narrower than the origin, which the prefix __Host- forbids.
        interaction: name('__Secure-', 'interaction'),
        resume: name('__Secure-', 'resume'),
      },
      long: cookie,
      short: cookie,
    },
    scopes: [],
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: [...authenticationMethods],
    enabledJWA: {
      clientAuthSigningAlgValues: [...assertionAlgorithms],
      idTokenSigningAlgValues: [signingKey.alg],
      dPoPSigningAlgValues: [...proofAlgorithms],
    },
    features: {
      backchannelLogout: off,
      ciba: off,
      claimsParameter: off,
      deviceFlow: off,
      devInteractions: off,
      encryption: off,
      jwtIntrospection: off,
      jwtResponseModes: off,
      jwtUserinfo: off,
      mTLS: off,
      requestObjects: off,
      richAuthorizationRequests: off,
      rpInitiatedLogout: off,
      userinfo: off,
      clientCredentials: { enabled: true },
      dPoP: {
        enabled: Boolean(dpop),
        nonceSecret: nonceSecret(cookieKeys[0] ?? ''),
        requireNonce: () => dpop === 'nonce',
      },
      pushedAuthorizationRequests: { enabled: Boolean(pushedAuthorizationRequests) },
      clientIdMetadataDocument: {
        enabled: takesDocuments(settings),
        ack: 'draft-02',
        allowFetch: documents.allowFetch,
        allowClient: documents.allowClient,
        // What is remembered, and for how long, is ours to say: the engine asks every time.
        cacheDuration: { min: 0, max: 0 },
      },
      registration: {
        enabled: settings.dynamicRegistration,
        idFactory: () => `${SELF_REGISTERED_PREFIX}${randomBytes(16).toString('base64url')}`,
        secretFactory: () => randomBytes(32).toString('base64url'),
        issueRegistrationAccessToken: true,
      },
      registrationManagement: {
        enabled: settings.dynamicRegistration,
        rotateRegistrationAccessToken: false,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: hooks.defaultResource,
        useGrantedResource: () => true,
        getResourceServerInfo: hooks.resourceServer,
      },
      introspection: {
        enabled: settings.introspectors.size > 0,
        // Access tokens are JWTs, which are ours to judge; a refresh token is nobody's business but its client's.
        allowedPolicy: (_ctx, client, token) =>
          token.kind === 'RefreshToken' &&
          token.clientId === client.clientId &&
          client.clientAuthMethod !== 'none',
      },
      revocation: {
        enabled: true,
        // RFC 7009 §2.1: somebody else's token is left alone, and whoever asks learns nothing.
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    pkce: { required: () => true },
    // Its default today, pinned: AS-61 allows it with exactly one registered URI.
    allowOmittingSingleRegisteredRedirectUri: true,
    assertJwtClientAuthClaimsAndHeader(ctx, claims, header, { clientId }) {
      checkClientAssertion(issuer, claims, header, assertionAudience(clientId, settings));
      noteAssertion(ctx);
    },
    // The front alone says which origins may read an answer.
    clientBasedCORS: () => false,
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: refreshRotation(hooks),
    extraClientMetadata: {
      // Asked about one after the other.
      properties: [OFFERED_METHODS, REGISTERED_SCOPE],
      validator(_ctx, key, _value, metadata) {
        if (key === OFFERED_METHODS) settleMethod(metadata, settings);
        else checkClientMetadata(metadata, settings, signingKey.alg);
      },
    },
    extraParams: { scope: hooks.narrowRequest, [SIGN_IN_MAX_AGE]: null },
    extraTokenClaims: hooks.tokenClaims,
    fetch: documents.fetch as NonNullable<Configuration['fetch']>,
    fetchResponseBodyLimits: {
      'client_id metadata document': 5 * 1024,
      jwks_uri: 64 * 1024,
      sector_identifier_uri: 1,
    },
    findAccount: hooks.findAccount,
    interactions: {
      policy: createInteractionPolicy(),
      url: (_ctx, { uid }) => `${issuer}${enginePaths.authorization}/${uid}/interaction`,
    },
    loadExistingGrant: hooks.grantFor,
    renderError: hooks.renderError,
    clockTolerance: 5,
    ttl: {
      AccessToken: settings.accessTokenSeconds,
      AuthorizationCode: 60,
      ClientCredentials: settings.accessTokenSeconds,
      Grant: REFRESH_SECONDS + INTERACTION_SECONDS,
      IdToken: settings.accessTokenSeconds,
      Interaction: INTERACTION_SECONDS,
      // The first one sets the end; each that replaces it only has what is left.
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? REFRESH_SECONDS,
      Session: SESSION_SECONDS,
    },
  };
}
