import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthError, type AuthProvider } from '@portcullis/core';
import {
  type ClientAdministration,
  createClientAdministration,
} from './clients/client-administration.js';
import { ceilingOf } from './clients/client-ceiling.js';
import { createClientRegistry } from './clients/client-registry.js';
import {
  createInitialAccessTokens,
  type InitialAccessTokens,
} from './clients/initial-access-tokens.js';
import { removingRegistrations } from './clients/remove-registration.js';
import { createClientDocuments } from './documents/client-documents.js';
import { createCurrentEngine } from './engine/current-engine.js';
import { requestIdOf } from './engine/engine-context.js';
import type { Front } from './front/exchange.js';
import { createFront } from './front/front.js';
import { createPages } from './front/pages.js';
import { exchangeInProcess } from './grants/token-exchange-in-process.js';
import { createIssuerAudit } from './issuer-audit.js';
import { createIssuerKeys, type KeyAdministration } from './keys/issuer-keys.js';
import { warnOfUnknownProxies } from './limits/proxy-warning.js';
import type { LocalProviderOptions } from './local-options.js';
import { createLocalVerifier } from './local-verifier.js';
import type { AccessOf } from './revocation/live-access.js';
import { createRevocationFeed } from './revocation/revocation-feed.js';
import { revokeAccess } from './revocation/revoke-access.js';
import { tellingExchanged } from './revocation/tell-exchanged.js';
import { toSettings } from './settings.js';
import { startSweeping } from './store/sweeping.js';

/** An authorization server in this process, and the provider that trusts it. */
export interface LocalProvider extends AuthProvider {
  readonly id: 'local';
  /** The issuer identifier. */
  readonly issuer: string;
  /**
   * Answers the paths of the authorization server: Express middleware, and a listener of `node:http`. Mount it at the root of the
   * issuer's origin. Hands every other path to `next`, or answers 404 where there is none.
   */
  authorizationServer(
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ): void;
  /**
   * Ends all access of a person, of a client, or of one person to one client: grants with their tokens, remembered consent, a person's
   * sign-ins, the tokens that a client got for itself. Gates in this process know at once, others on the same store within five
   * seconds. Removes neither the person nor the client: do that first, or they come back.
   *
   * @throws {ProviderUnavailableError} when the store cannot be asked: repeat it then.
   */
  revoke(of: AccessOf): Promise<void>;
  /** Rotates and withdraws signing keys. They also rotate by themselves. */
  readonly keys: KeyAdministration;
  /** Sets clients up and removes them while the server runs. */
  readonly clients: ClientAdministration;
  /** Where registration needs them (`dynamicRegistration: 'initial_access_token'`). */
  readonly initialAccessTokens: InitialAccessTokens;
  /** Ends background work and closes the store. */
  close(): Promise<void>;
}

/**
 * An OAuth 2.1 authorization server for MCP, embedded: discovery, client id documents and registration, authorization code with
 * PKCE, client credentials, token exchange, assertions, refresh rotation and revocation, sign-in and consent.
 *
 * Returns at once. Keys are loaded, or made, when the first request or token needs them; until that works, requests are answered
 * 503 and `verify` throws.
 *
 * Does NOT terminate TLS or manage people: put it behind what does.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every option that is wrong.
 * @see OAuth 2.1 (draft-ietf-oauth-v2-1), RFC 8414, RFC 7591, RFC 8693, RFC 8707, RFC 9068, RFC 9126, RFC 9207, RFC 9449
 */
export function localProvider(options: LocalProviderOptions): LocalProvider {
  const configured = toSettings(options);
  // Where another process removed a client, nobody knows whose answers are remembered here.
  const registry = createClientRegistry({
    settings: configured,
    removed: () => feed.tell({ kind: 'keys' }),
  });
  const settings = { ...configured, clients: registry.clients };
  warnOfUnknownProxies(settings, options);
  const { issuer, store } = settings;
  const audit = createIssuerAudit(settings.audit, issuer);
  const pages = createPages(settings);
  const feed = tellingExchanged(createRevocationFeed(store), settings);

  const keys = createIssuerKeys({
    store,
    audit,
    algorithm: settings.signingAlgorithm,
    rotationDays: settings.keyRotationDays,
  });
  // Other processes look after the keys by themselves.
  keys.source.onRetired(() => feed.tell({ kind: 'keys' }));
  const engine = createCurrentEngine(
    {
      settings,
      audit,
      documents: createClientDocuments(settings),
      errorPage: (ctx, error) => pages.protocolError(requestIdOf(ctx), ctx.status, error),
      handBackPage: (ctx, location) => pages.handBack(ctx, location),
      revoked: feed.publish,
      readToken: (value) => verifier.read(value),
    },
    keys,
    registry,
  );
  const revoke: Front['revoke'] = (of, by) => revokeAccess(of, { settings, audit, feed }, by);
  const removeRegistration = removingRegistrations({ settings, audit, feed });
  const exchange = exchangeInProcess({ settings, audit, engine });
  const sweeping = startSweeping(store);
  const verifier = createLocalVerifier(settings, keys.source);
  let outage: string | undefined;

  return {
    specificationVersion: 'v1',
    id: 'local',
    issuer,
    authorizationServers: [issuer],
    authorizationServer: createFront({
      settings,
      audit,
      pages,
      keys,
      engine,
      removeRegistration,
      revoke,
    }),
    async verify(token, context) {
      try {
        await registry.current();
        const answer = await verifier.verify(token, context);
        // Many a refusal asks nobody, so it says nothing of how we are.
        if (answer.kind === 'principal') outage = undefined;
        return answer;
      } catch (error) {
        if (AuthError.isInstance(error)) outage = error.message;
        throw error;
      }
    },
    status: () => [
      {
        issuers: [issuer],
        usable: outage === undefined,
        ...(outage === undefined ? {} : { failure: outage }),
      },
    ],
    onRevocation: feed.listen,
    ...(exchange ? { exchange } : {}),
    revoke: (of) => revoke(of, 'operator'),
    obtainable({ actor, subject, clientId }, scopes) {
      if (actor === 'client') return false;
      const vocabularies = settings.resources.map((resource) => resource.scopes);
      const ceilings = [ceilingOf(clientId, settings), verifier.allowanceOf(subject)];
      return ceilings.every(
        (ceiling) =>
          ceiling === undefined ||
          vocabularies.some((vocabulary) => vocabulary.missing(ceiling, scopes).length === 0),
      );
    },
    keys,
    clients: createClientAdministration({
      settings,
      audit,
      feed,
      registry,
      configured: options.clients ?? [],
      taken: new Set(configured.clients.keys()),
      removeRegistration,
    }),
    initialAccessTokens: createInitialAccessTokens(store),
    async close() {
      keys.stop();
      registry.stop();
      await feed.stop();
      await sweeping.stop();
      await store.close();
    },
  };
}
