import type { Step } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { Auth0Call } from './auth0-call.js';
import type { Auth0State } from './auth0-state.js';

const because =
  'Without a connection for the whole domain nobody can sign in to a client that registered itself.';
const title = 'Connection';
const affects = 'the whole tenant: every third-party client may use it';

/**
 * A connection that third parties may use: the one that was named, or else the only one there is.
 */
export function planConnection(
  { arguments: { connection: name } }: Wish,
  { connections }: Auth0State,
): Step<Auth0Call> {
  const domain = connections.filter((connection) => connection.is_domain_connection);
  const [first] = name === undefined ? domain : domain.filter((each) => each.name === name);
  if (first) {
    const what = `${first.name} is a domain connection`;
    return { title, affects, changes: [{ kind: 'keep', what, because }] };
  }
  const candidates = connections.filter((each) => name === undefined || each.name === name);
  const [only, ...more] = candidates;
  if (only && more.length === 0) {
    const what = `${only.name} is_domain_connection`;
    return {
      ...{ title, affects },
      changes: [{ kind: 'update', what, because, from: 'false', to: 'true' }],
      call: { kind: 'update_connection', id: only.id },
    };
  }
  const names = connections.map((each) => each.name).join(', ');
  const remedy =
    connections.length === 0
      ? 'Create one in the dashboard under Authentication.'
      : `Choose one with --connection: ${names}.`;
  const what = name === undefined ? 'no domain connection' : `no connection is called ${name}`;
  return { title, affects, changes: [{ kind: 'blocked', what, because: `${because} ${remedy}` }] };
}
