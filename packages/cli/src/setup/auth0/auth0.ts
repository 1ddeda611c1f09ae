import type { Io } from '../../io.js';
import { isProblems, type Problem } from '../../problem.js';
import type { Connection, Vendor, Wish } from '../vendor.js';
import { applyAuth0 } from './apply-auth0.js';
import type { Auth0Call } from './auth0-call.js';
import { auth0Credentials } from './auth0-credentials.js';
import { auth0Instructions } from './auth0-instructions.js';
import { auth0Terraform } from './auth0-terraform.js';
import { planAuth0 } from './plan-auth0.js';
import { readAuth0 } from './read-auth0.js';

/** Auth0, through its own management SDK. */
export const auth0: Vendor<Auth0Call> = {
  name: 'Auth0',
  connect,
  terraform: auth0Terraform,
  instructions: auth0Instructions,
};

function connect(wish: Wish, io: Io): Connection<Auth0Call> | readonly Problem[] {
  const access = auth0Credentials(io, wish.arguments.domain);
  if (isProblems(access)) return access;
  const { client, domain, plain } = access;
  const { machine } = wish.arguments;
  let machineId: string | undefined;
  return {
    target: `Auth0 tenant ${domain}`,
    plan: async () => planAuth0(wish, await readAuth0(client, wish)),
    async apply(call) {
      machineId = (await applyAuth0(client, call, machineId)) ?? machineId;
    },
    afterwards: () => ({
      app: plain
        ? [`auth0Provider({ issuer: 'http://${domain}/' })`]
        : [`AUTH0_DOMAIN=${domain}`, "auth0Provider({ domain: process.env.AUTH0_DOMAIN ?? '' })"],
      people: [
        'People get only scopes that a role gives them: User Management > Roles > Permissions.',
        ...(machine === undefined
          ? []
          : [`The app ${machine.name} signs in with the secret under Applications > Credentials.`]),
      ],
    }),
  };
}
