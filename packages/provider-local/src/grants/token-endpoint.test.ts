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
  walk,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
/** What happens between the use of a code and the tokens for it. */
let beforeIssuing = async (): Promise<void> => {};
beforeAll(async () => {
  const store = memoryStore();
  issuer = await startIssuer({
    // The strict rule; refresh-grace.test.ts has the lenient one.
    refreshGraceSeconds: 0,
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
  });
});
beforeEach(async () => {
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const token = (form: Readonly<Record<string, string>>) => post(`${issuer.issuer}/token`, form);
const refresh = (refresh_token: string) =>
  token({ grant_type: 'refresh_token', client_id: client, refresh_token });
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
