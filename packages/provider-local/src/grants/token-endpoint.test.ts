import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  walk,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
/** What happens between the use of a code and the tokens for it. */
let beforeIssuing = async (): Promise<void> => {};
/** The most that the person may allow, as of now. */
let allowance: readonly string[] | undefined;
beforeAll(async () => {
  const store = memoryStore();
  issuer = await startIssuer({
    // The strict rule; refresh-grace.test.ts has the lenient one.
    refreshGraceSeconds: 0,
    accounts: {
      ...testAccounts,
      async find(subject) {
        const account = await testAccounts.find(subject);
        return account && { ...account, ...(allowance ? { scopes: allowance } : {}) };
      },
    },
    // A store across a network: without the delay no two requests would ever meet between the look and the use.
    store: {
      ...store,
      async read(kind, id) {
        await sleep(3);
        return store.read(kind, id);
      },
      async write(kind, ...record) {
        if (kind === 'IssuedToken') await beforeIssuing();
        return store.write(kind, ...record);
      },
    },
    clients: [
      {
        clientId: 'confidential',
        name: 'Confidential',
        redirectUris: [callback],
        scopes: ['mcp:tools:*'],
        authentication: {
          method: 'client_secret_basic',
          secret: 'p@ss:w%rd/+ &üüüüüüüüüüüü'.replace(/ü/g, 'u'),
        },
      },
    ],
  });
});
beforeEach(async () => {
  allowance = undefined;
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const token = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => post(`${issuer.issuer}/token`, form, headers);
const refresh = (refresh_token: string, more: Readonly<Record<string, string>> = {}) =>
  token({ grant_type: 'refresh_token', client_id: client, refresh_token, ...more });
const alive = async (value: string) => {
  const context = {
    resource: issuer.resource,
    now: Date.now() / 1000,
    signal: AbortSignal.timeout(5000),
  };
  return (await issuer.provider.verify({ scheme: 'Bearer', value }, context)).kind === 'principal';
};

describe('an access token', () => {
  it('is a signed at+jwt for one resource and five minutes (AS-91, AS-101, AS-108, AS-109)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    expect(tokens).toEqual({
      access_token: expect.any(String),
      expires_in: 300,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      scope: 'mcp:tools:weather',
      token_type: 'Bearer',
    });
    const [header = ''] = tokens.access_token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
    const claims = claimsOf(tokens.access_token);
    expect(claims).toEqual({
      iss: issuer.issuer,
      sub: 'user:ada',
      aud: issuer.resource,
      client_id: client,
      scope: 'mcp:tools:weather',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 300,
      jti: expect.any(String),
      auth_time: expect.any(Number),
    });
  });
});

describe('a code', () => {
  it('replayed in full takes back what it gave, refresh and access (AS-81, AS-100, ATK-08)', async () => {
    const heard: unknown[] = [];
    const stop = issuer.provider.onRevocation?.((revocation) => heard.push(revocation));
    const { code, verifier, tokens } = await walk(issuer, client);
    expect(await alive(tokens.access_token)).toBe(true);
    const again = await token({
      grant_type: 'authorization_code',
      client_id: client,
      code,
      code_verifier: verifier,
      redirect_uri: callback,
    });
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect(await alive(tokens.access_token)).toBe(false);
    expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect(heard).toEqual([{ kind: 'subject', subject: 'user:ada', clientId: client }]);
    expect(issuer.events()).toContainEqual(
      expect.objectContaining({ type: 'token_reused', clientId: client, subject: 'user:ada' }),
    );
    stop?.();
  });

  it('replayed while its tokens are made leaves none of them alive (AS-100, ATK-08)', async () => {
    const { verifier, challenge } = pkce();
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, { client_id: client, code_challenge: challenge }),
      ada,
    );
    const redeem = () =>
      token({
        grant_type: 'authorization_code',
        client_id: client,
        code: target.searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: callback,
      });
    let replay: Promise<{ readonly status: number }> | undefined;
    beforeIssuing = async () => {
      replay ??= redeem();
      await sleep(50);
    };
    const first = await redeem();
    beforeIssuing = async () => {};
    expect([first.status, (await replay)?.status]).toEqual([200, 400]);
    expect(await alive(String(first.body.access_token))).toBe(false);
    expect((await refresh(String(first.body.refresh_token))).body.error).toBe('invalid_grant');
  });

  it('replayed with a wrong verifier takes nothing back (AS-100, ATK-08)', async () => {
    const { code, tokens } = await walk(issuer, client);
    const again = await token({
      grant_type: 'authorization_code',
      client_id: client,
      code,
      code_verifier: pkce().verifier,
      redirect_uri: callback,
    });
    expect(again.body.error).toBe('invalid_grant');
    expect(await alive(tokens.access_token)).toBe(true);
  });

  it('lasts sixty seconds (AS-81, ATK-09)', async () => {
    const redeemAfter = async (milliseconds: number) => {
      const { verifier, challenge } = pkce();
      const target = await formBrowser().authorize(
        authorizationUrl(issuer, { client_id: client, code_challenge: challenge }),
        ada,
      );
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
      try {
        const { status } = await token({
          grant_type: 'authorization_code',
          client_id: client,
          code: target.searchParams.get('code') ?? '',
          code_verifier: verifier,
          redirect_uri: callback,
        });
        return status;
      } finally {
        vi.useRealTimers();
      }
    };
    expect(await redeemAfter(50_000)).toBe(200);
    expect(await redeemAfter(62_000)).toBe(400);
  });

  it('is redeemed without redirect_uri, as OAuth 2.1 does (AS-99)', async () => {
    const redirect_uris = ['https://app.example/cb', callback];
    client = (await register(issuer, { redirect_uris })).body.client_id;
    const { verifier, challenge } = pkce();
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, { client_id: client, code_challenge: challenge }),
      ada,
    );
    const { status } = await token({
      grant_type: 'authorization_code',
      client_id: client,
      code: target.searchParams.get('code') ?? '',
      code_verifier: verifier,
    });
    expect(status).toBe(200);
  });

  it('wins one of twenty races (ATK-08)', async () => {
    const { verifier, challenge } = pkce();
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, { client_id: client, code_challenge: challenge }),
      ada,
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        token({
          grant_type: 'authorization_code',
          client_id: client,
          code: target.searchParams.get('code') ?? '',
          code_verifier: verifier,
          redirect_uri: callback,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = new Set(answers.map(({ body }) => body.error));
    expect(errors).toEqual(new Set([undefined, 'invalid_grant']));
  });
});

describe('a refresh token', () => {
  it('is replaced at every use and keeps its scope (AS-104, AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    const narrow = await refresh(tokens.refresh_token, { scope: 'mcp:tools:pay' });
    expect(narrow.body).toMatchObject({ scope: 'mcp:tools:pay' });
    expect(narrow.body.refresh_token).not.toBe(tokens.refresh_token);
    const full = await refresh(String(narrow.body.refresh_token));
    expect(full.body.scope).toBe('mcp:tools:weather mcp:tools:pay');
    expect(claimsOf(String(full.body.access_token)).auth_time).toEqual(expect.any(Number));
  });

  it('never grows (AS-105, AS-101, ATK-68)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    const wider = await refresh(tokens.refresh_token, { scope: 'mcp:tools:weather mcp:tools:pay' });
    expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
    const elsewhere = await refresh(tokens.refresh_token, { resource: 'https://evil.example/mcp' });
    expect([elsewhere.status, elsewhere.body.error]).toEqual([400, 'invalid_target']);
    const both = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['client_id', client],
        ['refresh_token', tokens.refresh_token],
        ['resource', issuer.resource],
        ['resource', 'https://evil.example/mcp'],
      ]),
    });
    expect(await both.json()).toMatchObject({ error: 'invalid_target' });
    // None of this has used it up.
    const original = await refresh(tokens.refresh_token, { resource: issuer.resource });
    expect([original.status, original.body.scope]).toEqual([200, 'mcp:tools:weather']);
  });

  it('gives no more than the person may still allow, and all of it again later (AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    allowance = ['mcp:tools:weather'];
    const narrow = await refresh(tokens.refresh_token);
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'mcp:tools:weather']);
    allowance = undefined;
    const full = await refresh(String(narrow.body.refresh_token));
    expect(full.body.scope).toBe('mcp:tools:weather mcp:tools:pay');
  });

  it('of a person who may allow nothing any more is refused and not used up (AS-105)', async () => {
    const { tokens } = await walk(issuer, client);
    allowance = [];
    const nothing = await refresh(tokens.refresh_token);
    expect([nothing.status, nothing.body.error]).toEqual([400, 'invalid_scope']);
    allowance = undefined;
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('used twice takes the family back, access too (AS-104, ATK-69)', async () => {
    const before = issuer.events().length;
    const { tokens } = await walk(issuer, client);
    const second = await refresh(tokens.refresh_token);
    expect(second.status).toBe(200);
    const reuse = await refresh(tokens.refresh_token);
    expect([reuse.status, reuse.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(String(second.body.refresh_token))).body.error).toBe('invalid_grant');
    expect(await alive(String(second.body.access_token))).toBe(false);
    const types = issuer
      .events()
      .slice(before)
      .map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('token_'))).toEqual([
      'token_issued',
      'token_refreshed',
      'token_refused',
      'token_reused',
      'token_refused',
    ]);
  });

  it('leaves other sign-ins of the same person and client alone', async () => {
    const [one, two] = [await walk(issuer, client), await walk(issuer, client)];
    await refresh(one.tokens.refresh_token);
    await refresh(one.tokens.refresh_token);
    expect((await refresh(two.tokens.refresh_token)).status).toBe(200);
  });

  it('outlives the session of the browser that it came from', async () => {
    const browser = formBrowser();
    const { tokens } = await walk(issuer, client, { browser });
    const page = await browser.open(
      authorizationUrl(issuer, { client_id: client, code_challenge: pkce().challenge }),
    );
    const signIn = await browser.submit(page.forms[0]!);
    expect(signIn.html).toContain('type="password"');
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('is of no use to another client (AS-103)', async () => {
    const { tokens } = await walk(issuer, client);
    const other = (await register(issuer)).body.client_id;
    const stolen = await refresh(tokens.refresh_token, { client_id: other });
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('wins one of twenty races, and leaves one live successor at most (ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(tokens.refresh_token)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = new Set(answers.map(({ body }) => body.error));
    expect(errors).toEqual(new Set([undefined, 'invalid_grant']));
  });
});

describe('requests', () => {
  it('are POST with a form, once each (AS-90)', async () => {
    const json = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect((await fetch(`${issuer.issuer}/token`)).status).toBe(405);
    const twice = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['grant_type', 'authorization_code'],
      ]),
    });
    expect(await twice.json()).toMatchObject({ error: 'invalid_request' });
    const large = await token({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(40_000) });
    expect(large.status).toBe(413);
  });

  it('are refused with the codes of the standard (AS-92, AS-93)', async () => {
    const error = async (
      form: Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string>> = {},
    ) => {
      const { status, body } = await token(form, headers);
      return [status, body.error];
    };
    expect(await error({ client_id: client })).toEqual([400, 'invalid_request']);
    expect(await error({ client_id: client, grant_type: 'password' })).toEqual([
      400,
      'unsupported_grant_type',
    ]);
    expect(await error({ client_id: client, grant_type: 'client_credentials' })).toEqual([
      400,
      'unauthorized_client',
    ]);
    expect(await error({ client_id: 'nobody', grant_type: 'refresh_token' })).toEqual([
      401,
      'invalid_client',
    ]);
    expect(await error({ client_id: 'confidential', grant_type: 'refresh_token' })).toEqual([
      401,
      'invalid_client',
    ]);
  });

  it('have an end, also where their length is not announced', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`grant_type=${'x'.repeat(40_000)}`));
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as const;
    expect((await fetch(`${issuer.issuer}/token`, init)).status).toBe(413);
  });

  it('write nothing of theirs into headers or the lines of the log (ATK-88)', async () => {
    const hostile = 'a"\r\nset-cookie: x=y\u001b[31m';
    const user = Buffer.from(`${encodeURIComponent('a", scope="b')}:x`).toString('base64');
    const { status, headers } = await token(
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${user}` },
    );
    expect([status, headers.get('set-cookie'), headers.get('www-authenticate')]).toEqual([
      401,
      null,
      `Basic realm="${issuer.issuer}", error="invalid_client", error_description="client authentication failed"`,
    ]);
    const name = (await register(issuer, { client_name: hostile })).body.client_id;
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, {
        client_id: name,
        code_challenge: pkce().challenge,
        state: hostile,
      }),
      ada,
    );
    expect(target.searchParams.get('state')).toBe(hostile);
    expect(JSON.stringify(issuer.events())).not.toMatch(/set-cookie|\[31m/);
  });

  it('have a secret in the header or the body, never twice and never in the query (AS-93, ATK-31)', async () => {
    const secret = 'p@ss:w%rd/+ &uuuuuuuuuuuu';
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`confidential:${password}`).toString('base64')}`,
    });
    const form = { grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) };
    const right = await token(form, basic(encodeURIComponent(secret)));
    expect(right.body.error).toBe('invalid_grant');
    const wrong = await token(form, basic('wrong'));
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    const raw = await token(form, basic(secret));
    expect(raw.status).toBe(400);
    const both = await token({ ...form, client_secret: secret }, basic(encodeURIComponent(secret)));
    expect(both.body.error).toBe('invalid_request');
    const query = `${issuer.issuer}/token?client_id=confidential&client_secret=${encodeURIComponent(secret)}`;
    expect((await post(query, form)).body.error).not.toBe('invalid_grant');
    expect(JSON.stringify(issuer.sink.events)).not.toContain('p@ss');
  });
});

describe('revocation', () => {
  const revoke = (form: Readonly<Record<string, string>>) => post(`${issuer.issuer}/revoke`, form);

  it('of a refresh token ends its grant (AS-120, AS-121)', async () => {
    const { tokens } = await walk(issuer, client);
    const { status } = await revoke({
      client_id: client,
      token: tokens.refresh_token,
      token_type_hint: 'access_token',
    });
    expect(status).toBe(200);
    expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect(await alive(tokens.access_token)).toBe(false);
    expect(issuer.events().at(-2)).toMatchObject({ type: 'token_revoked', subject: 'user:ada' });
  });

  it('of an unknown or foreign token changes nothing and says nothing (AS-121, ATK-95)', async () => {
    const { tokens } = await walk(issuer, client);
    const other = (await register(issuer)).body.client_id;
    const foreign = await revoke({ client_id: other, token: tokens.refresh_token });
    const unknown = await revoke({ client_id: client, token: 'x'.repeat(43) });
    expect([foreign.status, unknown.status]).toEqual([200, 200]);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
    const nobody = await revoke({ client_id: 'nobody', token: tokens.refresh_token });
    expect(nobody.body.error).toBe('invalid_client');
  });
});
