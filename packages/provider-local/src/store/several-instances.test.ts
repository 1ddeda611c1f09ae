import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { describeOn } from 'service-testing';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ada, authorizationUrl, callback, pkce, register } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type Balancer, startBalancer } from './__fixtures__/balancer.js';
import { dropSchemas, freshSchema } from './__fixtures__/postgres.js';

const CHAINS = 8;
const REFRESHES = 10;
const CODES = 10;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

describeOn('PostgreSQL', (connectionString) => {
  const instances = new Map<number, ChildProcess>();
  let balancer: Balancer;

  async function startInstances(count: number): Promise<void> {
    balancer = await startBalancer();
    const shared = {
      connectionString,
      schema: freshSchema(),
      key: Buffer.alloc(32, 7).toString('base64'),
    };
    const script = new URL('./__fixtures__/issuer-instance.mjs', import.meta.url);
    await Promise.all(
      Array.from({ length: count }, async () => {
        const child = fork(script, { execArgv: ['--no-warnings'] });
        child.send({ issuer: balancer.url, ...shared });
        const [{ port }] = await once(child, 'message');
        instances.set(port, child);
        balancer.ports.push(port);
      }),
    );
  }
  afterEach(async () => {
    for (const child of instances.values()) child.kill('SIGKILL');
    await balancer.close();
  });
  afterAll(() => dropSchemas(connectionString));

  /** Asks the token endpoint. What no instance has answered comes back as 502. */
  async function ask(form: Readonly<Record<string, string>>): Promise<Answer> {
    const body = new URLSearchParams(form);
    const response = await fetch(`${balancer.url}/token`, { method: 'POST', body });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }

  it('lose nothing and issue nothing twice when one of three is killed under load', async () => {
    await startInstances(3);
    const issuer = { issuer: balancer.url, resource: `${balancer.url}/mcp` };
    const client_id = (await register(issuer)).body.client_id;
    const browser = formBrowser();
    /** A code that waits for its client, as the form that redeems it. */
    const codeForm = async () => {
      const { verifier, challenge } = pkce();
      const url = authorizationUrl(issuer, { client_id, code_challenge: challenge });
      const code = (await browser.authorize(url, ada)).searchParams.get('code') ?? '';
      return {
        grant_type: 'authorization_code',
        redirect_uri: callback,
        client_id,
        code,
        code_verifier: verifier,
      };
    };
    const forms = [];
    for (let n = 0; n < CHAINS + CODES; n += 1) forms.push(await codeForm());
    const started = await Promise.all(forms.splice(0, CHAINS).map(ask));
    expect(started.map(({ status }) => status)).toEqual(Array(CHAINS).fill(200));

    const seen = new Set<unknown>();
    let cut = 0;
    /** The same request until somebody answers, as a client does whose connection broke. */
    const insist = async (form: Readonly<Record<string, string>>) => {
      for (let cuts = 0; ; cuts += 1) {
        const answer = await ask(form);
        if (answer.status < 500) return { ...answer, cuts };
        cut += 1;
      }
    };
    /** Sends a request once or, as an impatient client does, twice at the same time. */
    const send = (times: number, form: Readonly<Record<string, string>>) =>
      Promise.all(Array.from({ length: times }, () => insist(form)));
    const chain = async ({ body }: Answer) => {
      let refresh_token = String(body.refresh_token);
      for (let n = 0; n < REFRESHES; n += 1) {
        const form = { grant_type: 'refresh_token', client_id, refresh_token };
        const answers = await send(n % 3 === 0 ? 2 : 1, form);
        const successors = new Set(answers.map(({ body }) => body.refresh_token));
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
        expect(successors.size).toBe(1);
        const [successor] = successors;
        expect(seen.has(successor)).toBe(false);
        seen.add(successor);
        refresh_token = String(successor);
      }
    };
    const redeem = async (form: Readonly<Record<string, string>>, n: number) => {
      const answers = await send(n % 2 === 0 ? 2 : 1, form);
      const issued = answers.filter(({ status }) => status === 200);
      // A code may be used up with the instance that was redeeming it: then nobody has its tokens.
      const lost = answers.some(({ cuts }) => cuts > 0) && issued.length === 0;
      expect(issued).toHaveLength(lost ? 0 : 1);
      for (const { body } of issued) {
        expect(seen.has(body.refresh_token)).toBe(false);
        seen.add(body.refresh_token);
      }
    };

    const [victim] = instances.keys();
    let forwarded = 0;
    balancer.onForward = (_path, port) => {
      if (port === victim && ++forwarded === 12) instances.get(port)?.kill('SIGKILL');
    };
    await Promise.all([...started.map(chain), ...forms.map(redeem)]);
    expect(cut).toBeGreaterThan(0);
    expect(balancer.ports).toHaveLength(2);
  }, 60_000);
});
