import type { AuthProvider } from '@portcullis/core';
import type { McpEndpoint, ProtectedHandler } from '@portcullis/server-adapter';
import fc from 'fast-check';
import { principalOf, protectedServer, RESOURCE } from '../protected-server.js';
import { envelope, LEGACY, MODERN } from '../revisions.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const people = ['ada', 'bob'] as const;
type Person = (typeof people)[number];
/** Where a client brings back what it was given. */
const places = ['session', 'event', 'tools cursor', 'resources cursor', 'state'] as const;
type Place = (typeof places)[number];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What somebody does to a value on its way. */
const tampering = fc.oneof(
  { weight: 4, arbitrary: fc.constant((value: string) => value) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom('A', 'Q', '_', '=', '+', ''))
      .map(([at, put]) => (value: string) => {
        const index = at % value.length;
        return value.slice(0, index) + put + value.slice(index + 1);
      }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<(value: string, other: string) => string>(
      (value) => `${value}A`,
      (value) => `${value}=`,
      // The last character has bits that no byte needs.
      (value) => value.replace(/.$/, (last) => ALPHABET[ALPHABET.indexOf(last) ^ 1] ?? ''),
      (value) => value.slice(0, -1),
      (value) => value.slice(1),
      (value, other) => value.slice(0, 20) + other.slice(20),
      (value, other) => value + other,
      (value) => value.toLowerCase(),
      () => '',
      () => 'ada',
      () => 'session of ada',
    ),
  },
);
const input = fc.record({
  who: fc.constantFrom(...people),
  place: fc.constantFrom(...places),
  /** Whose value it was, and what for. Mostly the right one, or little would get through. */
  owner: fc.option(fc.constantFrom(...people), { freq: 2 }),
  purpose: fc.option(fc.constantFrom(...places), { freq: 2 }),
  tampering,
});

const secretOf = (place: Place, person: Person): string => `${place} of ${person}`;
const isSecret = (value: unknown): boolean =>
  typeof value === 'string' && people.some((person) => value.endsWith(` of ${person}`));

/** A request of one person. */
function requestOf(
  person: Person,
  message: { readonly method: string; readonly params?: object } | 'GET',
  headers: Readonly<Record<string, string>> = {},
): Request {
  const usual = {
    authorization: `Bearer ${person}.token.value`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': LEGACY,
  };
  const all = { ...usual, ...headers };
  if (message === 'GET') return new Request(RESOURCE, { headers: all });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...message });
  return new Request(RESOURCE, { method: 'POST', headers: all, body });
}

/** How a value is brought back to each place. `session` is one that is good. */
function bringing(person: Person, place: Place, value: string, session: string): Request {
  switch (place) {
    case 'session':
      return requestOf(person, { method: 'ping' }, { 'mcp-session-id': value });
    case 'event':
      return requestOf(person, 'GET', { 'mcp-session-id': session, 'last-event-id': value });
    case 'tools cursor':
      return requestOf(person, { method: 'tools/list', params: { cursor: value } });
    case 'resources cursor':
      return requestOf(person, { method: 'resources/list', params: { cursor: value } });
    case 'state': {
      const params = { name: 'whoami', requestState: value, _meta: envelope };
      return requestOf(
        person,
        { method: 'tools/call', params },
        { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'whoami' },
      );
    }
  }
}

/** An endpoint that gives everybody a value for each place, and notes what it gets back. */
function noting() {
  let caller: Person = 'ada';
  let seen: readonly unknown[] = [];
  const endpoint: McpEndpoint = async ({ headers, method }, { parsedBody }) => {
    const body = (parsedBody ?? {}) as { method?: string; params?: Record<string, unknown> };
    const { cursor, requestState } = body.params ?? {};
    seen = [headers.get('mcp-session-id'), headers.get('last-event-id'), cursor, requestState];
    const secret = (place: Place) => secretOf(place, caller);
    if (method === 'GET') {
      const stream = `id: ${secret('event')}\ndata: {}\n\n`;
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    }
    const results: Readonly<Record<string, object>> = {
      'tools/list': { tools: [], nextCursor: secret('tools cursor') },
      'resources/list': { resources: [], nextCursor: secret('resources cursor') },
      'tools/call': {
        ...{ resultType: 'input_required', requestState: secret('state') },
        inputRequests: {},
      },
    };
    const result = results[body.method ?? ''] ?? {};
    const begun = { 'mcp-session-id': secret('session') };
    return Response.json(
      { jsonrpc: '2.0', id: 1, result },
      { headers: body.method === 'initialize' ? begun : {} },
    );
  };
  return {
    endpoint,
    /** What reaches the endpoint when somebody asks: session, event, cursor, state. */
    async ask(handler: ProtectedHandler, person: Person, request: Request) {
      caller = person;
      seen = [];
      const response = await handler(request);
      const text = await response.text();
      return { response, text, seen };
    },
  };
}

/** Session ids, event ids, cursors and states: they open for whom they were given, where they were given, as they were given. */
export const sealed: Target = {
  name: 'sealed',
  cost: 20,
  async run(options) {
    const provider: AuthProvider = {
      ...{
        specificationVersion: 'v1',
        id: 'fuzz',
        authorizationServers: ['https://issuer.example.com'],
      },
      async verify({ value }) {
        const person = people.find((each) => value === `${each}.token.value`);
        if (person) return { ...principalOf([]), subject: person };
        return { kind: 'rejection', code: 'token_malformed', detail: 'Another one.' };
      },
    };
    const { endpoint, ask } = noting();
    const handler = protectedServer(provider).protect(endpoint, { sessions: true });
    const given = new Map<string, string>();
    for (const person of people) {
      const of = async (request: Request) => ask(handler, person, request);
      const begun = await of(
        requestOf(person, { method: 'initialize', params: { protocolVersion: LEGACY } }),
      );
      const session = begun.response.headers.get('mcp-session-id') ?? '';
      const stream = await of(requestOf(person, 'GET', { 'mcp-session-id': session }));
      const asked = { method: 'tools/call', params: { name: 'whoami', _meta: envelope } };
      const state = await of(
        requestOf(person, asked, {
          ...{ 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'whoami' },
        }),
      );
      const cursorOf = async (method: string) =>
        /"nextCursor":"([^"]+)"/.exec((await of(requestOf(person, { method }))).text)?.[1];
      const values: Readonly<Record<Place, string | undefined>> = {
        session,
        event: /^id: (\S+)$/m.exec(stream.text)?.[1],
        'tools cursor': await cursorOf('tools/list'),
        'resources cursor': await cursorOf('resources/list'),
        state: /"requestState":"([^"]+)"/.exec(state.text)?.[1],
      };
      for (const place of places) {
        const value = values[place];
        if (!value || value.includes(person)) throw new Error(`${place} is not sealed: ${value}`);
        given.set(secretOf(place, person), value);
      }
    }
    const giftTo = (place: Place, person: Person) => given.get(secretOf(place, person)) ?? '';
    return runProperty(
      input,
      async ({ who, place, owner, purpose, tampering: tamper }) => {
        const right = giftTo(place, who);
        const other = giftTo(purpose ?? place, who === 'ada' ? 'bob' : 'ada');
        const value = tamper(giftTo(purpose ?? place, owner ?? who), other);
        const session = giftTo('session', who);
        const { seen, response } = await ask(handler, who, bringing(who, place, value, session));
        if (response.status >= 500) throw new Error(`Answered ${response.status}.`);
        const secrets = seen.filter(isSecret);
        const due = [
          ...(place === 'event' && seen.length > 0 ? [secretOf('session', who)] : []),
          ...(value === right ? [secretOf(place, who)] : []),
        ];
        if (secrets.join() !== due.join() || seen.includes(value || 'nothing'))
          throw new Error(`${place} of ${who} got ${JSON.stringify(seen)} for ${value}.`);
        return value === right;
      },
      options,
    );
  },
};
