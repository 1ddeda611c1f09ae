import { randomBytes } from 'node:crypto';
import { type ProofChecker, ProviderUnavailableError } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import {
  clientsFromFile,
  embeddedAccounts,
  type LocalProvider,
  type LocalStore,
  localProvider,
  type RegisteredClient,
} from '@portcullis/provider-local';
import { about } from '../about.js';
import { ADMIN_SCOPES, ADMIN_USER, isEmbeddedAdministrator } from '../owner.js';
import { baseline, scopes } from '../scopes.js';
import { underName } from '../under-name.js';
import type { Identity, IdentitySetting } from './identity.js';
import { openIssuerStore } from './issuer-store.js';
import type { DpopMode, LocalConfig } from './local-config.js';

/** The authorization server inside of this one: for a laptop, for tests, for a server of one's own. */
export async function localIdentity(
  config: LocalConfig,
  setting: IdentitySetting,
): Promise<Identity> {
  const { publicUrl, dataDir, resource, audit, pages, local = {} } = setting;
  const { dpop } = config;
  const listed = listedClients(config);
  const store = await openIssuerStore(config, dataDir);
  const provider = localProvider({
    ...local,
    issuer: publicUrl,
    resources: [{ resource, name: about.title, scopes, baseline }, ...(local.resources ?? [])],
    accounts: embeddedAccounts(people(config)),
    store,
    clients: [
      // First, so that a problem's place is that in the file.
      ...listed,
      {
        clientId: 'nightly-report',
        name: 'Nightly report',
        grantTypes: ['client_credentials'],
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'client_secret_basic', secret: config.machineSecret },
      },
      ...(local.clients ?? []),
    ],
    dynamicRegistration: config.dynamicRegistration,
    refreshGraceSeconds: config.refreshGraceSeconds,
    trustedProxies: config.trustedProxies,
    dpop: dpop === 'nonce' ? dpop : dpop === 'on',
    ...(pages ? { pages } : {}),
    audit,
  });
  await readKeys(provider, config);
  return {
    provider,
    proofs: proofsOf(dpop, store),
    isAdministrator: isEmbeddedAdministrator,
    routes: provider.authorizationServer,
    connectedApps: '/connected-apps',
    close: () => provider.close(),
  };
}

/**
 * Reads the issuer's keys, or makes them, before anybody needs them: a store that was sealed opens without `STORE_KEYS` too, but nobody can be
 * served from it.
 *
 * @throws {ProviderUnavailableError} when they cannot be read. The provider is closed then.
 */
async function readKeys(provider: LocalProvider, { storeKeys }: LocalConfig): Promise<void> {
  try {
    await provider.keys.list();
  } catch (error) {
    await provider.close();
    if (!(error instanceof ProviderUnavailableError) || storeKeys.length > 0) throw error;
    const message = `${error.message} If the store was sealed, set STORE_KEYS to its keys.`;
    throw new ProviderUnavailableError(message, { cause: error });
  }
}

/** The clients of `CLIENTS_FILE`. @throws {ConfigurationError} naming every place in it that is wrong. */
export function listedClients({ clientsFile }: LocalConfig): readonly RegisteredClient[] {
  return clientsFile
    ? underName({ [clientsFile]: 'CLIENTS_FILE' }, () => clientsFromFile(clientsFile))
    : [];
}

/** The issuer binds tokens only where the gate checks what they are bound to: both follow `DPOP`. */
function proofsOf(dpop: DpopMode, store: LocalStore): ProofChecker | undefined {
  if (dpop === 'off') return undefined;
  return dpopProofs({
    // With the issuer's own records: a restart forgets no proof that was used.
    replays: {
      insertIfAbsent: (key, expiresAt) => store.insertIfAbsent('UsedProof', key, expiresAt),
    },
    // Another one after a restart costs each client one more request.
    ...(dpop === 'nonce' ? { nonceSecret: randomBytes(32).toString('base64url') } : {}),
  });
}

/** The demo user may allow everything but what is the administrator's; the issuer keeps to that, and so does the policy. */
function people({ demoUser, demoPassword, adminPassword }: LocalConfig) {
  const ordinary = scopes.names.filter((scope) => !ADMIN_SCOPES.includes(scope));
  return [
    { username: demoUser, password: demoPassword, scopes: ordinary },
    ...(adminPassword ? [{ username: ADMIN_USER, password: adminPassword }] : []),
  ];
}
