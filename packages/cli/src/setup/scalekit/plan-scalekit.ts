import { type Change, type Plan, type Step, settingChange } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { ScalekitCall, ScalekitState } from './scalekit-state.js';

const reasons = {
  scope: 'A scope has to exist in the environment before an MCP server can offer it.',
  server: 'Scalekit issues no token for this server before it knows it.',
  url: 'The Server URL is the audience of every token, compared byte for byte.',
  offered: 'A client is not granted a scope that its MCP server does not offer.',
  extra: 'The vocabulary does not have it. It stays: removing it would break whoever uses it.',
  dynamic: 'Without it a client that nobody registered has no way to introduce itself.',
  documents: 'Without it no client can be known by the URL of its document.',
  lifetime: 'Tokens cannot be taken back: they should live an hour at most.',
  wildcard: 'A wildcard is a grant of your own; Scalekit compares scopes letter by letter.',
  twin: 'It differs by the slash at its end: tokens for it are refused here.',
} as const;

/** What an environment lacks. Pure; scopes come first, since an MCP server offers what is there. */
export function planScalekit(wish: Wish, state: ScalekitState): Plan<ScalekitCall> {
  const existing = wish.scopes.map((scope) => scopeStep(scope, state));
  const pending = existing.filter(({ call }) => call !== undefined);
  const keeps = existing.filter(({ call }) => call === undefined);
  const kept: Step<ScalekitCall> = {
    ...{ title: 'Scopes of the environment', changes: keeps.flatMap(({ changes }) => changes) },
  };
  return [...(keeps.length === 0 ? [] : [kept]), ...pending, serverStep(wish, state)];
}

function scopeStep(
  { name, description }: Wish['scopes'][number],
  { scopes }: ScalekitState,
): Step<ScalekitCall> {
  const title = `Scope ${name}`;
  const found = scopes.find((scope) => scope.name === name);
  const what = `scope ${name} "${description}"`;
  const because = reasons.scope;
  if (!found) {
    const body = { name, description };
    return {
      ...{ title, changes: [{ kind: 'create', what, because }] },
      call: { to: `create the scope ${name}`, method: 'POST', path: '/scopes', body },
    };
  }
  if (found.enabled && found.description === description) {
    return { title, changes: [{ kind: 'keep', what: `scope ${name}`, because }] };
  }
  const state = (enabled: boolean, sentence: string) => `${enabled ? '' : 'off, '}"${sentence}"`;
  const [from, to] = [state(found.enabled, found.description), state(true, description)];
  return {
    title,
    affects: 'every MCP server of the environment that offers it',
    changes: [{ kind: 'update', what: `scope ${name}`, because, from, to }],
    call: {
      ...{ to: `change the scope ${name}`, method: 'PATCH' },
      ...{ path: `/scopes/${encodeURIComponent(found.id)}`, body: { description, enabled: true } },
    },
  };
}

function serverStep(wish: Wish, { server, twin }: ScalekitState): Step<ScalekitCall> {
  const { resource, scopes, wildcards, arguments: options } = wish;
  const { registration, tokenLifetime } = options;
  const title = `MCP server ${resource}`;
  const wanted = scopes.map(({ name }) => name);
  const notes = [
    ...wildcards.map((scope) => note(`scope ${scope} is not registered`, reasons.wildcard)),
    ...(twin === undefined ? [] : [note(`MCP server ${twin} is another one`, reasons.twin)]),
  ];
  const settings = {
    access_token_expiry: tokenLifetime,
    disable_dynamic_client_registration: !registration.dynamic,
    enable_cimd: registration.documents,
  };
  if (!server) {
    const create = (what: string, because: string): Change => ({ kind: 'create', what, because });
    const changes = [
      create(title, reasons.server),
      ...wanted.map((scope) => create(`offers ${scope}`, reasons.offered)),
      create(`access_token_expiry ${tokenLifetime}`, reasons.lifetime),
      create(`dynamic registration ${onOff(registration.dynamic)}`, reasons.dynamic),
      create(`client id documents ${onOff(registration.documents)}`, reasons.documents),
      ...notes,
    ];
    const body = {
      ...{ resource_type: 'MCP_SERVER', name: options.name, description: '' },
      ...{ resource_uri: resource, resource_id: resource, scopes: wanted, ...settings },
    };
    const to = 'create the MCP server';
    return { title, changes, call: { to, method: 'POST', path: '/resources', body } };
  }
  const missing = wanted.filter((scope) => !server.scopes.includes(scope));
  const extra = server.scopes.filter((scope) => !wanted.includes(scope));
  const lifetimeFits = server.accessTokenExpiry >= 300 && server.accessTokenExpiry <= 3600;
  const url = settingChange(
    'Server URL',
    { is: server.url || 'none', wanted: resource },
    reasons.url,
  );
  const lifetime = settingChange(
    'access_token_expiry',
    { is: server.accessTokenExpiry, wanted: tokenLifetime, fits: lifetimeFits },
    reasons.lifetime,
  );
  const dynamic = switchedOn('dynamic registration', server.dynamicRegistration, reasons.dynamic);
  const documents = switchedOn('client id documents', server.clientDocuments, reasons.documents);
  const changes: Change[] = [
    ...[url, lifetime],
    ...(registration.dynamic ? [dynamic] : []),
    ...(registration.documents ? [documents] : []),
    ...wanted.map((scope): Change => {
      const kind = missing.includes(scope) ? 'create' : 'keep';
      return { kind, what: `offers ${scope}`, because: reasons.offered };
    }),
    ...extra.map((scope) => note(`offers ${scope}`, reasons.extra)),
    ...notes,
  ];
  const open = (change: Change) => changes.includes(change) && change.kind === 'update';
  const body = {
    ...(open(url) ? { resource_uri: resource, resource_id: resource } : {}),
    ...(open(lifetime) ? { access_token_expiry: tokenLifetime } : {}),
    ...(open(dynamic) ? { disable_dynamic_client_registration: false } : {}),
    ...(open(documents) ? { enable_cimd: true } : {}),
    // The list is replaced as a whole, so those that stay are sent as well.
    ...(missing.length > 0 ? { scopes: [...server.scopes, ...missing] } : {}),
  };
  const call: ScalekitCall = {
    ...{ to: 'change the MCP server', method: 'PATCH' },
    ...{ path: `/resources/${encodeURIComponent(server.id)}`, body },
  };
  return { title, changes, ...(Object.keys(body).length === 0 ? {} : { call }) };
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');
const note = (what: string, because: string): Change => ({ kind: 'note', what, because });
const switchedOn = (what: string, is: boolean, because: string): Change =>
  settingChange(what, { is: onOff(is), wanted: 'on' }, because);
