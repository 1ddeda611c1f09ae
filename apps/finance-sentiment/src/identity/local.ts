import { join } from 'node:path';
import { embeddedAccounts, localProvider, sqliteStore } from '@portcullis/provider-local';
import { ADMIN_SCOPES, ADMIN_USER, isEmbeddedAdministrator } from '../owner.js';
import { baseline, scopes } from '../scopes.js';
import { underName } from '../under-name.js';
import type { Identity, IdentitySetting } from './identity.js';
import type { LocalConfig } from './local-config.js';

/** The authorization server inside of this one: for a laptop, for tests, for a server of one's own. */
export function localIdentity(config: LocalConfig, setting: IdentitySetting): Identity {
  const { publicUrl, dataDir, resource, audit, local = {} } = setting;
  const provider = localProvider({
    ...local,
    issuer: publicUrl,
    resources: [
      { resource, name: 'Finance Sentiment', scopes, baseline },
      ...(local.resources ?? []),
    ],
    accounts: embeddedAccounts(people(config)),
    store: underName(
      'DATA_DIR',
      () => sqliteStore({ path: join(dataDir, 'issuer.sqlite') }),
      'Stop the program that holds the file or move it away, or set DATA_DIR to another folder.',
    ),
    clients: [
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
    audit,
  });
  return {
    provider,
    isAdministrator: isEmbeddedAdministrator,
    routes: provider.authorizationServer,
    close: () => provider.close(),
  };
}

/** The demo user may allow everything but what is the administrator's; the issuer keeps to that, and so does the policy. */
function people({ demoUser, demoPassword, adminPassword }: LocalConfig) {
  const ordinary = scopes.names.filter((scope) => !ADMIN_SCOPES.includes(scope));
  return [
    { username: demoUser, password: demoPassword, scopes: ordinary },
    ...(adminPassword ? [{ username: ADMIN_USER, password: adminPassword }] : []),
  ];
}
