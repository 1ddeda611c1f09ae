import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { crashingStore } from '../store/__fixtures__/crashing-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { type Answer, type Attempt, crashesAtEveryStep, down } from './__fixtures__/crash-table.js';

const secret = 'the-secret-of-the-robot-0123456789-abc';
const robot = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;
const web = {
  clientId: 'web',
  name: 'Web',
  redirectUris: [callback],
  scopes: ['mcp:tools:*'],
  authentication: { method: 'none' },
} as const;
const keys = await generateKeyPair('ES256');
const signer = {
  ...robot,
  clientId: 'signer',
  authentication: {
    method: 'private_key_jwt',
    jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256' }] },
  },
} as const;

describe.each([{ refreshGraceSeconds: 10 }, { refreshGraceSeconds: 0 }])(
  'a store that crashes, with a grace of $refreshGraceSeconds s,',
  ({ refreshGraceSeconds }) => {
    const store = crashingStore(memoryStore());
    let issuer: TestIssuer;
    beforeAll(async () => {
      issuer = await startIssuer({
        store,
        clients: [web, robot, signer],
        dynamicRegistration: 'initial_access_token',
        refreshGraceSeconds,
        rateLimits: false,
      });
    });
    afterAll(() => issuer.close());

    const send = async (path: string, form: Readonly<Record<string, string>>): Promise<Answer> => {
      const { status, headers, body } = await post(`${issuer.issuer}${path}`, form);
      return { status, retryAfter: headers.get('retry-after'), body };
    };
    const refresh = (refresh_token: unknown) =>
      send('/token', {
        grant_type: 'refresh_token',
        client_id: web.clientId,
        refresh_token: String(refresh_token),
      });
    const verdict = async (value: unknown) => {
      const context = {
        resource: issuer.resource,
        now: Date.now() / 1000,
        signal: AbortSignal.timeout(5000),
      };
      const token = { scheme: 'Bearer', value: String(value) } as const;
      return (await issuer.provider.verify(token, context)).kind;
    };
    const isGood = async ({ status, body }: Answer) => {
      expect([status, body.error]).toEqual([200, undefined]);
      expect(await verdict(body.access_token)).toBe('principal');
    };

    const attempts: Readonly<Record<string, () => Promise<Attempt>>> = {
      async 'a code'() {
        const { verifier, challenge } = pkce();
        const url = authorizationUrl(issuer, {
          client_id: web.clientId,
          code_challenge: challenge,
        });
        const target = await formBrowser().authorize(url, ada);
        const form = {
          grant_type: 'authorization_code',
          client_id: web.clientId,
          code: target.searchParams.get('code') ?? '',
          code_verifier: verifier,
          redirect_uri: callback,
        };
        return {
          send: () => send('/token', form),
          async check(answer) {
            await isGood(answer);
            // It was redeemed once: another time takes everything back, as ever.
            expect(await send('/token', form)).toMatchObject({ body: { error: 'invalid_grant' } });
            expect(await verdict(answer.body.access_token)).toBe('rejection');
            expect((await refresh(answer.body.refresh_token)).status).toBe(400);
          },
        };
      },
      async 'a refresh token'() {
        const { tokens } = await walk(issuer, web.clientId);
        return {
          send: () => refresh(tokens.refresh_token),
          async check(answer) {
            await isGood(answer);
            const next = await refresh(answer.body.refresh_token);
            await isGood(next);
            // What came of the crash is no second branch: the old token is a used one.
            expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
            expect((await refresh(next.body.refresh_token)).body.error).toBe('invalid_grant');
          },
        };
      },
      async 'client credentials with an assertion'() {
        return {
          // A client makes a new one for each try.
          send: async () =>
            send('/token', {
              grant_type: 'client_credentials',
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: await new SignJWT({ jti: randomUUID() })
                .setProtectedHeader({ alg: 'ES256' })
                .setIssuer('signer')
                .setSubject('signer')
                .setAudience(issuer.issuer)
                .setIssuedAt()
                .setExpirationTime('1m')
                .sign(keys.privateKey),
            }),
          check: isGood,
        };
      },
      async 'a registration with an initial access token'() {
        const token = await issuer.provider.initialAccessTokens.issue();
        return {
          async send() {
            const response = await fetch(`${issuer.issuer}/register`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
              body: JSON.stringify({
                redirect_uris: [callback],
                token_endpoint_auth_method: 'none',
              }),
            });
            const body = (await response.json()) as Answer['body'];
            return {
              status: response.status,
              retryAfter: response.headers.get('retry-after'),
              body,
            };
          },
          async check({ status }) {
            expect(status).toBe(201);
          },
        };
      },
      async 'signing in and allowing'() {
        const { verifier, challenge } = pkce();
        const url = authorizationUrl(issuer, {
          client_id: web.clientId,
          code_challenge: challenge,
        });
        const browser = formBrowser();
        // Whatever page was lost, a person begins anew at the client.
        return {
          async send() {
            try {
              const target = await browser.authorize(url, ada);
              const form = {
                grant_type: 'authorization_code',
                client_id: web.clientId,
                code: target.searchParams.get('code') ?? '',
                code_verifier: verifier,
                redirect_uri: callback,
              };
              return await send('/token', form);
            } catch (error) {
              return { ...down, status: Number(/: (\d+),/.exec(String(error))?.[1]) };
            }
          },
          check: isGood,
        };
      },
      async 'the revocation of a token of its own'() {
        const form = { client_id: 'robot', client_secret: secret };
        const machine = await send('/token', { ...form, grant_type: 'client_credentials' });
        const { access_token } = machine.body;
        return {
          send: () => send('/revoke', { ...form, token: String(access_token) }),
          async check({ status }) {
            expect([status, await verdict(access_token)]).toEqual([200, 'rejection']);
          },
        };
      },
      async 'the revocation of a grant'() {
        const { tokens } = await walk(issuer, web.clientId);
        return {
          send: () => send('/revoke', { client_id: web.clientId, token: tokens.refresh_token }),
          async check({ status }) {
            expect([status, await verdict(tokens.access_token)]).toEqual([200, 'rejection']);
            expect((await refresh(tokens.refresh_token)).status).toBe(400);
          },
        };
      },
    };

    crashesAtEveryStep(store, attempts);
  },
);
