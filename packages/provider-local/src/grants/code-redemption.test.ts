import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';

/** An issuer whose first answer can be slow to be kept. */
async function start() {
  const store = memoryStore();
  /** What was made, whoever was told of it: kind and id of each record. */
  const made: (readonly [kind: string, id: string])[] = [];
  /** How long the next answer takes to be kept, in milliseconds. */
  let slow = 0;
  let waiting: Promise<void> | undefined;
  const issuer = await startIssuer({
    store: {
      ...store,
      write(kind, id, ...record) {
        if (kind === 'RefreshToken' || kind === 'IssuedToken') made.push([kind, id]);
        return store.write(kind, id, ...record);
      },
      async insertIfAbsent(kind, ...record) {
        if (kind.endsWith('Answer') && slow > 0) {
          waiting = sleep(slow);
          slow = 0;
          await waiting;
        }
        return store.insertIfAbsent(kind, ...record);
      },
    },
  });
  open.push(issuer);
  const client = (await register(issuer)).body.client_id;
  const token = (form: Readonly<Record<string, string>>) =>
    post(`${issuer.issuer}/token`, { client_id: client, ...form });
  return {
    store,
    issuer,
    client,
    token,
    /** Sends a request whose answer takes longer to keep than anybody waits for it, and another one meanwhile. */
    async overtake(
      first: Readonly<Record<string, string>>,
      second: Readonly<Record<string, string>>,
    ) {
      made.length = 0;
      slow = 2600;
      const late = token(first);
      await vi.waitFor(() => expect(waiting).toBeDefined());
      const answers = await Promise.all([late, token(second)]);
      const records = await Promise.all(made.map(([kind, id]) => store.read(kind, id)));
      const kinds = made.filter((_, n) => records[n] && records[n].consumedAt === undefined);
      return { answers, left: kinds.map(([kind]) => kind).toSorted() };
    },
  };
}
const open: TestIssuer[] = [];
afterAll(() => Promise.all(open.map((issuer) => issuer.close())));

const refused = { error: 'invalid_grant', error_description: 'grant request is invalid' };

it.concurrent('a code has one answer, whoever is first to keep it (AS-81, ATK-08)', async () => {
  const { issuer, client, token, overtake } = await start();
  const { verifier, challenge } = pkce();
  const url = authorizationUrl(issuer, { client_id: client, code_challenge: challenge });
  const target = await formBrowser().authorize(url, ada);
  const form = {
    grant_type: 'authorization_code',
    code: target.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: callback,
  };
  const { answers, left } = await overtake(form, form);
  expect(answers.map(({ status }) => status)).toEqual([400, 200]);
  expect(answers[0].body).toEqual(refused);
  // Of the other one nothing is left.
  expect(left).toEqual(['IssuedToken', 'RefreshToken']);
  expect(issuer.events().find(({ type }) => type === 'token_refused')).toMatchObject({
    clientId: client,
    detail: 'another request has used the same code or refresh token meanwhile',
  });
  const { refresh_token } = answers[1].body;
  const next = await token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) });
  expect(next.status).toBe(200);
});

it.concurrent('a refresh token gives nobody what another request has asked for (AS-105, ATK-69)', async () => {
  const { issuer, client, overtake } = await start();
  const scope = 'mcp:tools:weather mcp:tools:pay';
  const { refresh_token } = (await walk(issuer, client, { scope })).tokens;
  const form = { grant_type: 'refresh_token', refresh_token };
  const { answers, left } = await overtake({ ...form, scope: 'mcp:tools:weather' }, form);
  expect(answers.map(({ status }) => status)).toEqual([400, 200]);
  expect(answers[0].body).toEqual(refused);
  expect(left).toEqual(['IssuedToken', 'RefreshToken']);
});

it('a refresh token that was used in vain can be used again for four minutes (AS-104)', async () => {
  const { store, issuer, client, token } = await start();
  for (const [seconds, status] of [
    [239, 200],
    [241, 400],
  ] as const) {
    const { refresh_token } = (await walk(issuer, client)).tokens;
    await store.consume('RefreshToken', refresh_token, Math.floor(Date.now() / 1000));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
    const answer = await token({ grant_type: 'refresh_token', refresh_token });
    expect([seconds, answer.status]).toEqual([seconds, status]);
    vi.useRealTimers();
  }
});
