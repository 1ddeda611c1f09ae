/**
 * Walks a protected server on another runtime. Usage: `node walk.ts <name> <command…>`; the command serves at `PORT` of 127.0.0.1, under
 * `RESOURCE`, by way of `HOST`, and trusts `ISSUER`. `{port}` in it is replaced. Exits with 1 when anything is not as it should be.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFakeIssuer } from '@portcullis/core/testing';

const [name = '', command = '', ...args] = process.argv.slice(2);
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
const resource = `${origin}/mcp`;
const document = `${origin}/.well-known/oauth-protected-resource/mcp`;
const issuer = await createFakeIssuer({ resource });

const filled = args.map((arg) => arg.replace('{port}', String(port)));
const env = { ...process.env, PORT: String(port), RESOURCE: resource, ISSUER: issuer.issuer };
const server = spawn(command, filled, { env, stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
for (const stream of [server.stdout, server.stderr]) {
  stream.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
}

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const weather = { name: 'weather', arguments: { place: 'Zürich' } };
const bearer = async (...scopes: string[]) => `Bearer ${await issuer.mint({ scopes })}`;
const call = (method: string, params: object, headers: Record<string, string> = {}) =>
  fetch(resource, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });

const steps: Readonly<Record<string, () => Promise<void>>> = {
  async 'publishes its metadata (RS-01)'() {
    deepEqual(await (await fetch(document)).json(), {
      resource,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['mcp:tools:weather'],
      bearer_methods_supported: ['header'],
    });
  },
  async 'challenges who has no token (RS-20)'() {
    const answer = await call('tools/call', weather);
    equal(answer.status, 401);
    equal(
      answer.headers.get('www-authenticate'),
      `Bearer scope="mcp:tools:weather", resource_metadata="${document}"`,
    );
  },
  async 'serves who has one, as an event stream in the era of 2025'() {
    const authorization = await bearer('mcp:tools:weather');
    const answer = await call('tools/call', weather, { authorization });
    deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/event-stream']);
    equal((await answer.text()).includes('"text":"Sunny in Zürich."'), true);
  },
  async 'serves twenty at once, each with a token never seen'() {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () =>
        call('tools/call', weather, { authorization: await bearer('mcp:tools:weather') }),
      ),
    );
    deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    for (const answer of answers) equal((await answer.text()).includes('Sunny'), true);
  },
  async 'challenges who lacks a scope (RS-50)'() {
    const authorization = await bearer('mcp:tools:weather');
    const answer = await call('tools/call', { name: 'payroll' }, { authorization });
    equal(answer.status, 403);
    equal(
      answer.headers.get('www-authenticate'),
      `Bearer error="insufficient_scope", scope="mcp:tools:weather mcp:tools:payroll", resource_metadata="${document}", error_description="The access token lacks a scope that this operation needs"`,
    );
  },
  async 'keeps a stream open, whose first event comes before its end'() {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'walk', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { notifications: { toolsListChanged: true }, _meta: meta };
    const answer = await call('subscriptions/listen', params, {
      authorization: await bearer(),
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    });
    equal(answer.status, 200);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    equal(first?.value?.includes('notifications/subscriptions/acknowledged'), true);
    await reader?.cancel();
  },
  async 'refuses a foreign page (RS-100)'() {
    const authorization = await bearer('mcp:tools:weather');
    const answer = await call('tools/call', weather, {
      authorization,
      origin: 'https://evil.example',
    });
    deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [403, null]);
  },
  async 'lets a page of its own read a challenge (RS-36)'() {
    const answer = await call('tools/call', weather, { origin });
    deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [401, origin]);
  },
  async 'writes down what became of each call'() {
    const outcomes = () => [...said.matchAll(/completion: (\w+)/g)].map(([, outcome]) => outcome);
    // One alone, twenty at once, and the stream that was left: with its client workerd ends all that runs for it, so nobody writes that down.
    const left = name === 'workerd' ? [] : ['unknown'];
    const expected = [...Array(21).fill('succeeded'), ...left];
    for (let tries = 0; tries < 100 && outcomes().length < expected.length; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    deepEqual(outcomes().sort(), expected);
  },
  async 'has nothing else'() {
    equal((await fetch(`${origin}/`)).status, 404);
    equal((await fetch(resource)).status, 405);
  },
};

let failed = 0;
try {
  await up();
  for (const [step, walk] of Object.entries(steps)) {
    try {
      await walk();
      process.stdout.write(`ok      ${name}, ${process.env.HOST}: ${step}\n`);
    } catch (error) {
      failed += 1;
      process.stdout.write(`FAILED  ${name}, ${process.env.HOST}: ${step}\n${error}\n${said}`);
    }
  }
} finally {
  server.kill('SIGKILL');
  await issuer.close();
}
process.exitCode = failed === 0 ? 0 : 1;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: found } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return found;
}

async function up(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`${name} ended before it served anything.`);
    if (
      await fetch(document).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} serves nothing after half a minute.`);
}
