import { afterAll, beforeAll, describe, expect } from 'vitest';
import { push } from '../front/pushed.harness.js';
import {
  type Attempt,
  crashesAtEveryStep,
  down,
  type Answer as Heard,
} from '../grants/__fixtures__/crash-table.js';
import { ada, callback, claimsOf, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { crashingStore } from '../store/__fixtures__/crashing-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { type Answer, ask, type Prover, prover, refreshForm } from './proof.harness.js';

const secret = 's'.repeat(32);
const scopes = ['mcp:tools:weather'];
const machine = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };

describe('a store that crashes, where tokens are bound and requests are pushed,', () => {
  const store = crashingStore(memoryStore());
  let issuer: TestIssuer;
  let key: Prover;
  beforeAll(async () => {
    key = await prover();
    issuer = await startIssuer({
      store,
      dpop: true,
      pushedAuthorizationRequests: 'required',
      rateLimits: false,
      clients: [
        {
          clientId: 'robot',
          name: 'Robot',
          scopes,
          authentication: { method: 'client_secret_post', secret },
        },
        {
          clientId: 'web',
          name: 'Web',
          redirectUris: [callback],
          scopes,
          authentication: { method: 'none' },
        },
      ],
    });
  });
  afterAll(() => issuer.close());

  const heard = ({ status, headers, body }: Answer): Heard => ({
    status,
    retryAfter: headers.get('retry-after'),
    body,
  });
  const isBound = async ({ status, body }: Heard) => {
    expect([status, body.error]).toEqual([200, undefined]);
    expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: key.jkt });
  };
  /** From the pushed request to the tokens, with a new proof for each step and each try. */
  const pushAndRedeem = async (): Promise<Answer> => {
    const dpop = await key.prove(`${issuer.issuer}/par`);
    const pushed = await push(issuer, { client_id: 'web' }, { dpop });
    if (pushed.status !== 201) return pushed;
    const back = await formBrowser().authorize(pushed.url, ada);
    const form = {
      grant_type: 'authorization_code',
      client_id: 'web',
      code: back.searchParams.get('code') ?? '',
      code_verifier: pushed.verifier,
    };
    return ask(issuer, form, key);
  };

  const attempts: Readonly<Record<string, () => Promise<Attempt>>> = {
    async 'client credentials with a proof'() {
      return { send: async () => heard(await ask(issuer, machine, key)), check: isBound };
    },
    async 'a refresh with a proof'() {
      const form = refreshForm('web', await pushAndRedeem());
      return { send: async () => heard(await ask(issuer, form, key)), check: isBound };
    },
    async 'a pushed request, a sign-in and a code'() {
      return {
        async send() {
          try {
            return heard(await pushAndRedeem());
          } catch (error) {
            // Whatever page was lost, a person begins anew at the client.
            return { ...down, status: Number(/: (\d+),/.exec(String(error))?.[1]) };
          }
        },
        check: isBound,
      };
    },
  };
  crashesAtEveryStep(store, attempts);
});
