import type { Change, Plan, Step } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { Auth0Call } from './auth0-call.js';
import type { ApiGrant, Auth0State } from './auth0-state.js';

const reasons = {
  default: 'Without it Auth0 refuses every client that registered itself for this API.',
  machine:
    'A machine needs a client of its own: those that register themselves act for people only.',
  grant: 'Without a grant of its own the client gets no token for this API.',
  extra: 'The app did not ask for it. It stays: removing it would break whoever uses it.',
  foreign:
    'An application of this name exists and is none for machines, or there are several. Choose another name with --machine.',
} as const;

/**
 * What third-party clients may ask for: every concrete scope. What people get of it, their roles
 * decide.
 */
export function planDefaultGrant(
  { resource, scopes }: Wish,
  { thirdPartyGrant }: Auth0State,
): Step<Auth0Call> {
  const wanted = scopes.map(({ name }) => name);
  return planGrant({
    ...{ title: 'Default grant for third-party clients', because: reasons.default },
    ...{ wanted, create: { kind: 'create_default_grant', audience: resource, scope: wanted } },
    ...(thirdPartyGrant === undefined ? {} : { grant: thirdPartyGrant }),
  });
}

/** A confidential client that acts for itself, and its grant. No steps where none was asked for. */
export function planMachine(
  { resource, arguments: { machine } }: Wish,
  { machines }: Auth0State,
): Plan<Auth0Call> {
  if (!machine) return [];
  const title = `Machine client ${machine.name}`;
  const [found, ...more] = machines;
  if (found && (more.length > 0 || !found.isMachine)) {
    const change = { kind: 'blocked', what: machine.name, because: reasons.foreign } as const;
    return [{ title, changes: [change] }];
  }
  const client: Step<Auth0Call> = found
    ? { title, changes: [{ kind: 'keep', what: machine.name, because: reasons.machine }] }
    : {
        ...{ title, changes: [{ kind: 'create', what: machine.name, because: reasons.machine }] },
        call: { kind: 'create_machine', name: machine.name },
      };
  const grant = planGrant({
    ...{ title: `Grant of ${machine.name}`, because: reasons.grant, wanted: machine.scopes },
    ...(found?.grant === undefined ? {} : { grant: found.grant }),
    create: {
      ...{ kind: 'create_machine_grant', audience: resource, scope: machine.scopes },
      ...(found === undefined ? {} : { client_id: found.client_id }),
    },
  });
  return [client, grant];
}

interface GrantQuestion {
  readonly title: string;
  readonly because: string;
  readonly wanted: readonly string[];
  readonly grant?: ApiGrant;
  readonly create: Auth0Call;
}

function planGrant({ title, because, wanted, grant, create }: GrantQuestion): Step<Auth0Call> {
  const line = (kind: Change['kind']) => (scope: string) =>
    ({ kind, what: `may ask for ${scope}`, because }) as const;
  if (!grant) return { title, changes: wanted.map(line('create')), call: create };
  if (grant.allow_all_scopes) {
    return { title, changes: [{ kind: 'keep', what: 'may ask for every scope', because }] };
  }
  const missing = wanted.filter((scope) => !grant.scope.includes(scope));
  const extra = grant.scope.filter((scope) => !wanted.includes(scope));
  const changes = [
    ...missing.map(line('create')),
    ...wanted.filter((scope) => grant.scope.includes(scope)).map(line('keep')),
    ...extra.map((scope) => ({ ...line('note')(scope), because: reasons.extra })),
  ];
  if (missing.length === 0) return { title, changes };
  const scope = [...grant.scope, ...missing];
  return { title, changes, call: { kind: 'update_grant', id: grant.id, scope } };
}
