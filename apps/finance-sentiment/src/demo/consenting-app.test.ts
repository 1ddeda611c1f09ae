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
  it('stops after one sign-in and one refresh that brought nothing', async () => {
    const { server, opened, failure } = await appAt({});
    expect(await failure()).toMatchObject({ name: 'SdkHttpError', status: 403 });
    expect(opened).toHaveLength(1);
    expect(tokenRequests(issuer).map(({ grant_type }) => grant_type)).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    expect(server.calls).toEqual(['no token', 'token', 'token']);
  });

  it('stops after three sign-ins when each refusal asks for another scope', async () => {
    let asked = 0;
    const { opened, failure } = await appAt({
      withToken() {
        asked += 1;
        return {
          status: 403,
          challenge: `, error="insufficient_scope", scope="mcp:tools:t${asked}"`,
        };
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

  it('stops after one sign-in and one refresh when no token is ever good', async () => {
    const { server, opened, failure } = await appAt({
      withToken: () => ({ status: 401, challenge: ', error="invalid_token"' }),
    });
    expect(await failure()).toMatchObject({ name: 'SdkHttpError', status: 401 });
    expect(opened).toHaveLength(1);
    expect(server.calls).toEqual(['no token', 'token', 'token']);
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
        if (current === other) return { status: 404 };
        current = other;
        given = JSON.stringify(memory.currentTokens);
        return { status: 401, challenge: ', error="invalid_token"' };
      },
    });
    let given = '';
    await failure();
    const [first = '', second] = opened.map((url) => url.searchParams.get('client_id') ?? '');
    expect([first, second]).toEqual([
      expect.stringMatching(/^registered-/),
      expect.stringMatching(/^registered-/),
    ]);
    expect(registrations(other)).toBe(1);
    expect(tokenRequests(other)).toMatchObject([{ grant_type: 'authorization_code' }]);
    const { access_token, refresh_token } = JSON.parse(given);
    const sent = JSON.stringify(other.requests);
    for (const secret of [first, access_token, refresh_token]) expect(sent).not.toContain(secret);
    expect(other.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
  });
});

describe('an app that is asked for scopes of another server', () => {
  it('gets them for the one that asks, and for no other (ATK-87, CL-07)', async () => {
    const { server, opened, failure } = await appAt({ scope: 'bank:transfer' });
    await failure();
    expect(opened[0]?.searchParams.get('scope')).toBe('bank:transfer');
    const named = [
      opened[0]?.searchParams.get('resource'),
      ...tokenRequests(issuer).map(({ resource }) => resource),
    ];
    // The authorization, its code, and the refresh.
    expect(named).toEqual([server.mcpUrl, server.mcpUrl, server.mcpUrl]);
  });
});
