import { addMachine, createFakeAuth0, type FakeAuth0 } from '@portcullis/provider-auth0/testing';
import { basics, type Outcome, portcullis } from '../../session.harness.js';

/** A fake tenant like a new account, and an administrator's application for it. */
export interface Auth0Bench {
  readonly fake: FakeAuth0;
  readonly env: Readonly<Record<string, string>>;
  setup(...words: readonly string[]): Promise<Outcome>;
}

/** Starts a tenant; close `fake` when the test is over. */
export async function auth0Bench(): Promise<Auth0Bench> {
  const fake = await createFakeAuth0();
  const [management] = fake.tenant.apis.values();
  if (!management) throw new Error('The fake tenant has no Management API.');
  const secret = 's3cret-of-the-administrator';
  addMachine(fake.tenant, {
    ...{ client_id: 'admin', client_secret: secret, audience: management.identifier },
    scope: management.scopes.map(({ value }) => value),
  });
  const env = {
    ...{ AUTH0_DOMAIN: fake.issuer, AUTH0_CLIENT_ID: 'admin', AUTH0_CLIENT_SECRET: secret },
  };
  const setup = (...words: readonly string[]) =>
    portcullis(['setup', 'auth0', ...basics, ...words], env, { retries: 1 });
  return { fake, env, setup };
}

/** Takes scopes away from the administrator's application. */
export function forbid({ fake: { tenant } }: Auth0Bench, ...scopes: readonly string[]): void {
  for (const grant of tenant.clientGrants.values()) {
    if (grant.client_id !== 'admin') continue;
    const scope = grant.scope.filter((each) => !scopes.includes(each));
    tenant.clientGrants.set(grant.id, { ...grant, scope });
  }
}
