import { Client } from '@modelcontextprotocol/client';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consentingApp } from './consenting-app.js';
import { type MemoryClient, memoryClient } from './memory-client.js';
import type { Person } from './person.js';
import { type RogueAnswers, type RogueServer, rogueServer } from './rogue.harness.js';
import { clientDocument, REDIRECT } from './vendor-setting.js';
import { yesBrowser } from './yes-browser.js';

let issuer: FakeIssuer;
let server: RogueServer | undefined;
beforeEach(async () => {
  issuer = await createFakeIssuer({
    clients: [{ clientId: 'briefing-1', redirectUris: [REDIRECT] }],
  });
});
afterEach(async () => {
  await Promise.all([issuer.close(), server?.close()]);
});

type Document = Readonly<Record<string, unknown>>;

/** What the demo's app asks for when it signs in, at a server that has nothing for it then. */
async function asked(
  setting: {
    readonly answers?: Partial<RogueAnswers>;
    readonly memory?: Partial<Parameters<typeof memoryClient>[0]>;
    /** Changes what the issuer says about itself. */
    readonly metadata?: (document: Document) => Document;
  } = {},
) {
  const { answers, memory: known, metadata = (document) => document } = setting;
  server = await rogueServer({
    document: () => ({ authorization_servers: [issuer.issuer] }),
    withToken: () => ({ status: 404 }),
    ...answers,
  });
  const memory: MemoryClient = memoryClient({
    name: 'Morning Briefing',
    redirectUrl: REDIRECT,
    ...known,
  });
  const opened: URLSearchParams[] = [];
  const browser = yesBrowser(fetch);
  const person: Person = {
    async decide(url, decision) {
      opened.push(url?.searchParams ?? new URLSearchParams());
      return browser.decide(url, decision);
    },
  };
  const app = consentingApp({
    mcpUrl: server.mcpUrl,
    memory,
    person,
    newClient: () => new Client({ name: 'morning-briefing', version: '1.0.0' }),
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (!response.url.includes('/.well-known/oauth-authorization-server')) return response;
      return Response.json(metadata((await response.json()) as Document));
    },
  });
  const error = await app.connect().then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  const registrations = issuer.requests.filter(({ path }) => path === '/register');
  const redeemed = issuer.requests.filter(({ path }) => path === '/token');
  return {
    error,
    sent: opened.map((parameters) => Object.fromEntries(parameters)),
    registered: registrations.map(({ body }) => body),
    redeemed: redeemed.map(({ body }) => body),
  };
}

const NO_PKCE =
  'The issuer does not say that it supports PKCE (S256). This app does not sign in there.';

describe('PKCE', () => {
  it('is S256, with a new secret for each sign-in (CL-06)', async () => {
    const challenges = new Set<string | undefined>();
    for (const round of [1, 2]) {
      const { sent, redeemed } = await asked();
      expect(sent).toMatchObject([{ code_challenge_method: 'S256' }]);
      expect(redeemed).toHaveLength(round);
      challenges.add(sent[0]?.code_challenge);
      await server?.close();
    }
    expect(challenges.size).toBe(2);
  });

  it('has to be on offer (CL-05)', async () => {
    const { error, sent, registered } = await asked({
      metadata: ({ code_challenge_methods_supported, ...others }) => others,
    });
    expect(error?.message).toBe(NO_PKCE);
    expect([sent, registered]).toEqual([[], []]);
  });

  it('has to be on offer in its safe kind (CL-05)', async () => {
    const { error, sent } = await asked({
      metadata: (document) => ({ ...document, code_challenge_methods_supported: ['plain'] }),
    });
    expect(error?.message).toBe(NO_PKCE);
    expect(sent).toEqual([]);
  });
});

describe('the first scope', () => {
  const document = (scopes_supported?: readonly string[]) => () => ({
    authorization_servers: [issuer.issuer],
    ...(scopes_supported ? { scopes_supported } : {}),
  });

  it('is what the refusal names (CL-08, CL-09)', async () => {
    const answers = { scope: 'mcp:tools:weather', document: document(['a', 'b']) };
    expect((await asked({ answers })).sent).toMatchObject([{ scope: 'mcp:tools:weather' }]);
  });

  it('is all that the document of the resource names, where the refusal names none (CL-08)', async () => {
    const answers = { scope: 'none', document: document(['mcp:tools:a', 'mcp:tools:b']) };
    expect((await asked({ answers })).sent).toMatchObject([{ scope: 'mcp:tools:a mcp:tools:b' }]);
  });

  it('is left out where nobody names any (CL-08)', async () => {
    const { sent } = await asked({ answers: { scope: 'none' } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('scope');
  });

  it('has offline_access only where the issuer knows it (CL-24)', async () => {
    const scopes = { scopes_supported: ['offline_access'] };
    const offered = await asked({ metadata: (document) => ({ ...document, ...scopes }) });
    expect(offered.sent).toMatchObject([{ scope: 'mcp:tools:everything offline_access' }]);
    await server?.close();
    expect((await asked()).sent).toMatchObject([{ scope: 'mcp:tools:everything' }]);
  });
});

describe('the name of the app', () => {
  const documents = (document: Document) => ({
    ...document,
    client_id_metadata_document_supported: true,
  });
  const clientMetadataUrl = clientDocument.client_id;

  it('is the one that it was given beforehand, whatever else is on offer (CL-12)', async () => {
    const memory = { clientId: 'briefing-1', issuer: issuer.issuer, clientMetadataUrl };
    const { sent, registered } = await asked({ memory, metadata: documents });
    expect(sent).toMatchObject([{ client_id: 'briefing-1' }]);
    expect(registered).toEqual([]);
  });

  it('is that of its document, where the issuer reads documents (CL-12, CL-13)', async () => {
    const metadata = (document: Document) => ({
      ...documents(document),
      // Our issuer reads none, so the browser need not get anywhere.
      authorization_endpoint: `${issuer.issuer}/nowhere`,
    });
    const { sent, registered } = await asked({ memory: { clientMetadataUrl }, metadata });
    expect(sent).toMatchObject([{ client_id: 'https://briefing-app.example/client.json' }]);
    expect(registered).toEqual([]);
  });

  it('is one that it registers itself, where the issuer does not (CL-12, CL-14, CL-24)', async () => {
    const { registered } = await asked({ memory: { clientMetadataUrl } });
    expect(registered).toEqual([
      {
        client_name: 'Morning Briefing',
        redirect_uris: ['http://127.0.0.1:33418/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        scope: 'mcp:tools:everything',
      },
    ]);
  });

  it('is missing where none of it is possible, and no browser opens (CL-12)', async () => {
    const { error, sent } = await asked({
      memory: { clientMetadataUrl },
      metadata: ({ registration_endpoint, ...others }) => others,
    });
    expect(error?.message).toMatch(/dynamic client registration/);
    expect(sent).toEqual([]);
  });
});
