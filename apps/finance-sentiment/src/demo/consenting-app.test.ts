import { Client, IssuerMismatchError, UnauthorizedError } from '@modelcontextprotocol/client';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consentingApp } from './consenting-app.js';
import { memoryClient } from './memory-client.js';
import type { Person } from './person.js';
import { type RogueAnswers, type RogueServer, rogueServer } from './rogue.harness.js';
import { REDIRECT } from './vendor-setting.js';
import { yesBrowser } from './yes-browser.js';

let issuer: FakeIssuer;
let other: FakeIssuer;
let server: RogueServer | undefined;
beforeEach(async () => {
  issuer = await createFakeIssuer();
  other = await createFakeIssuer();
});
afterEach(async () => {
  await Promise.all([issuer.close(), other.close(), server?.close()]);
});

/** The demo's app at a server that says this. `tamper` changes what the browser comes back with. */
async function appAt(
  answers: Partial<RogueAnswers>,
  tamper: (callback: URLSearchParams) => void = () => {},
) {
  server = await rogueServer({
    document: () => ({ authorization_servers: [issuer.issuer] }),
    ...answers,
  });
  const memory = memoryClient({ name: 'Morning Briefing', redirectUrl: REDIRECT });
  const browser = yesBrowser(fetch);
  const opened: URL[] = [];
  const person: Person = {
    async decide(url, decision) {
      if (url) opened.push(url);
      const answer = await browser.decide(url, decision);
      tamper(answer.callback);
      return answer;
    },
  };
  const newClient = () =>
    new Client(
      { name: 'morning-briefing', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
  const app = consentingApp({ mcpUrl: server.mcpUrl, memory, person, newClient });
  /** Connects and calls a tool; what it fails with. */
  const failure = async (): Promise<Error> => {
    try {
      await app.connect();
      await app.use((client) => client.callTool({ name: 'anything' }));
    } catch (error) {
      return error as Error;
    }
    throw new Error('The app went on.');
  };
  return { server, opened, memory, failure };
}

const tokenRequests = ({ requests }: FakeIssuer) =>
  requests.filter(({ path }) => path === '/token').map(({ body }) => body);
const registrations = ({ requests }: FakeIssuer) =>
  requests.filter(({ path }) => path === '/register').length;

describe('an app whose server never has enough (ATK-70, CL-11)', () => {
  it('stops asking its person after three sign-ins that brought nothing', async () => {
    const { server, opened, failure } = await appAt({});
    expect(await failure()).toBeInstanceOf(UnauthorizedError);
    expect(opened.map((url) => url.searchParams.get('scope'))).toEqual([
      'mcp:tools:everything',
      'mcp:tools:everything',
      'mcp:tools:everything',
    ]);
    expect(server.calls).toEqual(['no token', 'token', 'token', 'token']);
  });

  it('stops as well when each refusal asks for another scope', async () => {
    let asked = 0;
    const { opened, failure } = await appAt({
      withToken() {
        asked += 1;
        return { status: 403, challenge: `error="insufficient_scope", scope="mcp:tools:t${asked}"` };
      },
    });
    expect(await failure()).toBeInstanceOf(UnauthorizedError);
    // What was asked for before is asked for again, so that nothing is lost on the way (CL-10).
    expect(opened.map((url) => url.searchParams.get('scope'))).toEqual([
      'mcp:tools:everything',
      'mcp:tools:everything mcp:tools:t1',
      'mcp:tools:everything mcp:tools:t1 mcp:tools:t2',
    ]);
  });

  it('stops as well when no token is ever good', async () => {
    const { opened, failure } = await appAt({
      withToken: () => ({ status: 401, challenge: 'error="invalid_token"' }),
    });
    expect(await failure()).toBeInstanceOf(UnauthorizedError);
    expect(opened).toHaveLength(3);
  });
});

describe('an app whose browser comes back with an answer of somebody else (ATK-85)', () => {
  it.each([
    ['another issuer', (callback) => callback.set('iss', 'https://attacker.example')],
    ['no issuer, though its issuer always says', (callback) => callback.delete('iss')],
    ['its issuer with a slash more', (callback) => callback.set('iss', `${callback.get('iss')}/`)],
    ['its issuer in capitals', (callback) => callback.set('iss', issuer.issuer.toUpperCase())],
  ] satisfies [string, (callback: URLSearchParams) => void][])(
    'sends the code nowhere when it names %s (CL-16, CL-17)',
    async (_what, tamper) => {
      const { failure } = await appAt({}, tamper);
      expect(await failure()).toBeInstanceOf(IssuerMismatchError);
      expect([tokenRequests(issuer), tokenRequests(other)]).toEqual([[], []]);
    },
  );

  it('does not repeat what a foreign error says (CL-17)', async () => {
    const { failure } = await appAt({}, (callback) => {
      callback.delete('code');
      callback.set('error', 'access_denied');
      callback.set('error_description', 'Call 555-0100 to unlock your account');
      callback.set('error_uri', 'https://attacker.example/help');
      callback.set('iss', 'https://attacker.example');
    });
    const error = await failure();
    expect(error).toBeInstanceOf(IssuerMismatchError);
    expect(`${error.message} ${error.stack}`).not.toMatch(/555-0100|access_denied|help/);
    expect(tokenRequests(issuer)).toEqual([]);
  });

  it('sends the code nowhere when it is not the answer to its question (CL-20)', async () => {
    const { failure } = await appAt({}, (callback) => callback.set('state', 'another'));
    expect((await failure()).message).toBe(
      'The browser came back with an answer that this app did not ask for (state).',
    );
    expect(tokenRequests(issuer)).toEqual([]);
  });
});

describe('an app that is lied to in documents (ATK-86)', () => {
  it('opens no browser for a resource that is not the server it called (CL-02)', async () => {
    const resource = 'https://bank.example/mcp';
    const document = () => ({ authorization_servers: [issuer.issuer], resource });
    const { opened, failure } = await appAt({ document });
    expect((await failure()).message).toContain(
      'Protected resource https://bank.example/mcp does not match expected',
    );
    expect([opened, registrations(issuer)]).toEqual([[], 0]);
  });

  it('opens no browser for an issuer that calls itself by another name (CL-04)', async () => {
    issuer.misname('https://bank.example');
    const { opened, failure } = await appAt({});
    expect(await failure()).toBeInstanceOf(IssuerMismatchError);
    expect([opened, registrations(issuer)]).toEqual([[], 0]);
  });

  it('takes nothing that one issuer gave it to another that the server names later (CL-15)', async () => {
    let current = issuer;
    const { memory, opened, failure } = await appAt({
      document: () => ({ authorization_servers: [current.issuer] }),
      withToken() {
        current = other;
        return { status: 401, challenge: 'error="invalid_token"' };
      },
    });
    await failure();
    expect(registrations(other)).toBe(1);
    const first = opened[0]?.searchParams.get('client_id') ?? '';
    expect(first).toMatch(/^registered-/);
    expect(memory.registration?.client_id).not.toBe(first);
    const sentToOther = JSON.stringify(other.requests);
    expect(sentToOther).not.toContain(first);
    expect(tokenRequests(other).map(({ grant_type }) => grant_type)).not.toContain('refresh_token');
    expect(other.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
  });
});

describe('an app that is asked for scopes of another server', () => {
  it('gets them for the one that asks, and for no other (ATK-87, CL-07)', async () => {
    const { server, opened, failure } = await appAt({ scope: 'bank:transfer' });
    await failure();
    expect(opened[0]?.searchParams.get('scope')).toBe('bank:transfer');
    const named = [
      ...opened.map((url) => url.searchParams.get('resource')),
      ...tokenRequests(issuer).map(({ resource }) => resource),
    ];
    expect(named).toHaveLength(6);
    expect(new Set(named)).toEqual(new Set([server.mcpUrl]));
  });
});
