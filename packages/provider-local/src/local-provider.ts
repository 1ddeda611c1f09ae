import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthProvider, Revocation } from '@portcullis/core';
import { ceilingOf } from './clients/client-ceiling.js';
import { createCurrentEngine } from './engine/current-engine.js';
import { requestIdOf } from './engine/engine-context.js';
import { createFront } from './front/front.js';
import { createPages } from './front/pages.js';
import { createIssuerAudit } from './issuer-audit.js';
import { createIssuerKeys, type KeyAdministration } from './keys/issuer-keys.js';
import type { LocalProviderOptions } from './local-options.js';
import { createLocalVerifier } from './local-verifier.js';
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
  /** Rotates and withdraws signing keys. They also rotate by themselves. */
  readonly keys: KeyAdministration;
  /** Ends background work and closes the store. */
  close(): Promise<void>;
}

/**
 * An OAuth 2.1 authorization server for MCP, embedded: discovery, client id documents and registration, authorization code with
 * PKCE, client credentials, refresh rotation and revocation, sign-in and consent.
 *
 * Returns at once. Keys are loaded, or made, when the first request or token needs them; until that works, requests are answered
 * 503 and `verify` throws.
 *
 * Does NOT limit rates, terminate TLS or manage people: put it behind what does.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` naming every option that is wrong.
 * @see OAuth 2.1 (draft-ietf-oauth-v2-1), RFC 8414, RFC 7591, RFC 8707, RFC 9068, RFC 9207
 */
export function localProvider(options: LocalProviderOptions): LocalProvider {
  const settings = toSettings(options);
  const { issuer, store } = settings;
  const audit = createIssuerAudit(settings.audit, issuer);
  const pages = createPages(settings);
  const listeners = new Set<(revocation: Revocation) => void>();
  const revoked = (revocation: Revocation) => {
    for (const listen of listeners) listen(revocation);
  };

  const keys = createIssuerKeys({
    store,
    audit,
    algorithm: settings.signingAlgorithm,
    rotationDays: settings.keyRotationDays,
  });
  keys.source.onRetired(() => revoked({ kind: 'keys' }));
  const engine = createCurrentEngine(
    {
      settings,
      audit,
      errorPage: (ctx, error) => pages.protocolError(requestIdOf(ctx), ctx.status, error),
      handBackPage: (ctx, location) => pages.handBack(ctx, location),
      revoked,
      readToken: (value) => verifier.read(value),
    },
    keys,
  );
  const sweeping = startSweeping(store);
  const verifier = createLocalVerifier(settings, keys.source);

  return {
    specificationVersion: 'v1',
    id: 'local',
    issuer,
    authorizationServers: [issuer],
    authorizationServer: createFront({ settings, audit, pages, keys, engine }),
    verify: verifier.verify,
    onRevocation(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
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
    async close() {
      keys.stop();
      await sweeping.stop();
      await store.close();
    },
  };
}
