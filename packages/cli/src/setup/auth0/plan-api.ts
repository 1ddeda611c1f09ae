import { type Change, type Step, settingChange } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { ApiSettings, Auth0Call } from './auth0-call.js';
import type { ApiScope, Auth0State } from './auth0-state.js';

const reasons = {
  api: 'Auth0 issues no token for this server before it has an API of exactly this identifier.',
  signing_alg: 'A token signed with a shared secret could be forged by anyone who can check it.',
  token_dialect:
    'Without it tokens are not marked as access tokens (RFC 9068) and carry neither jti nor permissions.',
  enforce_policies:
    'Without it everybody gets every scope that a client asks for, whatever their roles say.',
  allow_offline_access:
    'Without it MCP clients get no refresh token: people sign in again whenever an access token ends.',
  scope: 'Auth0 drops a scope that its API does not list, and shows people its description.',
  extra: 'The vocabulary does not have it. It stays: removing it would break whoever uses it.',
  wildcard: 'A wildcard is a grant of your own; Auth0 compares scopes letter by letter.',
  twin: 'It differs by the slash at its end: tokens for it are refused here, and an identifier cannot be changed.',
} as const;

const settings = {
  signing_alg: 'RS256',
  token_dialect: 'rfc9068_profile_authz',
  enforce_policies: true,
  allow_offline_access: true,
} as const;

/** The API with its scopes. */
export function planApi(
  { resource, scopes, wildcards, arguments: { name } }: Wish,
  state: Auth0State,
): Step<Auth0Call> {
  const title = `API ${resource}`;
  const wanted = scopes.map((scope) => ({ value: scope.name, description: scope.description }));
  const notes: Change[] = [
    ...wildcards.map((scope) => note(`scope ${scope} is not registered`, reasons.wildcard)),
    ...(state.twin === undefined ? [] : [note(`API ${state.twin} is another one`, reasons.twin)]),
  ];
  if (!state.api) {
    const changes: Change[] = [
      { kind: 'create', what: title, because: reasons.api },
      ...Object.entries(settings).map(
        ([what, value]): Change => ({
          ...{ kind: 'create', what: `${what} ${value}` },
          because: reasons[what as keyof typeof settings],
        }),
      ),
      ...wanted.map(newScope),
      ...notes,
    ];
    const body = { identifier: resource, name, scopes: wanted, ...settings };
    return { title, changes, call: { kind: 'create_api', body } };
  }
  const { api } = state;
  const changes: Change[] = [
    { kind: 'keep', what: title, because: reasons.api },
    settingChange(
      'signing_alg',
      // PS256 is as good: what matters is that nobody shares the key.
      { is: api.signing_alg, wanted: 'RS256', fits: ['RS256', 'PS256'].includes(api.signing_alg) },
      reasons.signing_alg,
    ),
    settingChange(
      'token_dialect',
      { is: api.token_dialect, wanted: settings.token_dialect },
      reasons.token_dialect,
    ),
    settingChange(
      'enforce_policies',
      { is: api.enforce_policies, wanted: true },
      reasons.enforce_policies,
    ),
    settingChange(
      'allow_offline_access',
      { is: api.allow_offline_access, wanted: true },
      reasons.allow_offline_access,
    ),
    ...wanted.map((scope) => scopeChange(scope, api.scopes)),
    ...extraScopes(wanted, api.scopes).map(({ value }) => note(`scope ${value}`, reasons.extra)),
    ...notes,
  ];
  const body = apiBody(changes, { wanted, there: api.scopes });
  const call = { kind: 'update_api', id: api.id, body } as const;
  return { title, changes, ...(Object.keys(body).length === 0 ? {} : { call }) };
}

/** Auth0 replaces the list of scopes as a whole, so those that stay are sent as well. */
function apiBody(
  changes: readonly Change[],
  scopes: { readonly wanted: readonly ApiScope[]; readonly there: readonly ApiScope[] },
): Partial<ApiSettings> {
  const open = changes.filter(({ kind }) => kind === 'create' || kind === 'update');
  const names = Object.keys(settings) as (keyof typeof settings)[];
  const changed = names.filter((name) => open.some(({ what }) => what === name));
  const { wanted, there } = scopes;
  const list = [...extraScopes(wanted, there), ...wanted];
  return {
    ...Object.fromEntries(changed.map((name) => [name, settings[name]])),
    ...(open.some(({ what }) => what.startsWith('scope ')) ? { scopes: list } : {}),
  };
}

function scopeChange(wanted: ApiScope, there: readonly ApiScope[]): Change {
  const found = there.find(({ value }) => value === wanted.value);
  if (!found) return newScope(wanted);
  const what = `scope ${wanted.value}`;
  if (found.description === wanted.description)
    return { kind: 'keep', what, because: reasons.scope };
  const [from, to] = [`"${found.description}"`, `"${wanted.description}"`];
  return { kind: 'update', what, because: reasons.scope, from, to };
}

const newScope = ({ value, description }: ApiScope): Change => ({
  ...{ kind: 'create', what: `scope ${value} "${description}"`, because: reasons.scope },
});

const extraScopes = (wanted: readonly ApiScope[], there: readonly ApiScope[]) =>
  there.filter((scope) => !wanted.some(({ value }) => value === scope.value));

const note = (what: string, because: string): Change => ({ kind: 'note', what, because });
