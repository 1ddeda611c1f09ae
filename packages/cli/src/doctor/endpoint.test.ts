import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls';
import { selfSigned } from 'service-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { portcullis } from '../session.harness.js';
import { endpoint } from './checks/endpoint.js';
import { listening } from './doctor.harness.js';
import type { Patient } from './patient.js';

const DAY = 86_400_000;
const far = selfSigned('127.0.0.2');
const soon = selfSigned('127.0.0.2', new Date(Date.now() + 6 * DAY));
const notSoSoon = selfSigned('127.0.0.2', new Date(Date.now() + 8 * DAY));
const past = selfSigned('127.0.0.2', new Date('2024-02-29T12:00:00Z'));
const elsewhere = selfSigned('127.0.0.3');
const stranger = selfSigned('127.0.0.2');

const authorities = getCACertificates('default');
beforeAll(() => {
  const own = [far, soon, notSoSoon, past, elsewhere].map(({ cert }) => cert);
  setDefaultCACertificates([...authorities, ...own]);
});
afterAll(() => setDefaultCACertificates(authorities));
const open: Pick<Server, 'close'>[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Not loopback by name, so that the rules for everybody hold. */
const HOST = '127.0.0.2';
async function at(server: Server): Promise<string> {
  open.push(server);
  return `${HOST}:${await listening(server, HOST)}`;
}
const answering = (certificate: typeof far) =>
  createServer({ ...certificate }, (_, response) => void response.writeHead(404).end());

/** What is said of the endpoint, one line each, without the port. */
async function said(url: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await portcullis(['doctor', url, '--json', ...words]);
  const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
  const ids = ['https', 'port', 'certificate', 'reachable'];
  const { port } = new URL(url);
  return findings
    .filter(({ id = '' }) => ids.includes(id))
    .map(({ outcome, id, where = '', said: text }) =>
      `${outcome} ${id} ${where}: ${text}`.replaceAll(port || '443', 'PORT'),
    );
}

const secure = 'ok https : The endpoint is on HTTPS.';
const oddPort = 'warn port https://127.0.0.2:PORT/mcp: The endpoint is on port PORT.';
const reached = 'ok reachable : The endpoint answers over HTTP/1.1.';
const distrusted =
  'fail reachable https://127.0.0.2:PORT/mcp: The endpoint gave no answer: its certificate is not trusted.';

describe('the endpoint', () => {
  it.each([
    ['is sound', far, 'ok certificate : The certificate is trusted, until 2049-12-31.', reached],
    [
      'ends soon',
      soon,
      `warn certificate https://127.0.0.2:PORT: The certificate ends on ${new Date(Date.now() + 6 * DAY).toISOString().slice(0, 10)}.`,
      reached,
    ],
    [
      'does not end so soon',
      notSoSoon,
      `ok certificate : The certificate is trusted, until ${new Date(Date.now() + 8 * DAY).toISOString().slice(0, 10)}.`,
      reached,
    ],
    [
      'has expired',
      past,
      'fail certificate https://127.0.0.2:PORT: The certificate is not trusted: it has expired.',
      distrusted,
    ],
    [
      'is for another host',
      elsewhere,
      'fail certificate https://127.0.0.2:PORT: The certificate is not trusted: it is for another host.',
      distrusted,
    ],
    [
      'is trusted by nobody',
      stranger,
      'fail certificate https://127.0.0.2:PORT: The certificate is not trusted: it has signed itself.',
      distrusted,
    ],
  ])('has a certificate that %s', async (_, certificate, verdict, answer) => {
    const host = await at(answering(certificate));
    expect(await said(`https://${host}/mcp`)).toEqual([secure, oddPort, verdict, answer]);
  });

  it('does not speak TLS', async () => {
    const host = await at(createHttpServer((_, response) => void response.end()));
    expect(await said(`https://${host}/mcp`)).toEqual([
      ...[secure, oddPort, 'skip certificate : no certificate was seen.'],
      'fail reachable https://127.0.0.2:PORT/mcp: The endpoint gave no answer: it does not speak HTTP/1.1 over TLS there.',
    ]);
  });

  it('speaks nothing but HTTP/2', async () => {
    const host = await at(createTlsServer({ ...far, ALPNProtocols: ['h2'] }));
    expect((await said(`https://${host}/mcp`)).slice(2)).toEqual([
      'skip certificate : no certificate was seen.',
      'fail reachable https://127.0.0.2:PORT/mcp: The endpoint gave no answer: it does not speak HTTP/1.1 over TLS there.',
    ]);
  });

  it('is on the port that hosted clients call', async () => {
    expect((await said(`https://${HOST}/mcp`))[1]).toBe('ok port : The endpoint is on port PORT.');
  });

  it('is on plain HTTP, which takes a word to look at at all (RS-15)', async () => {
    const host = await at(createHttpServer((_, response) => void response.writeHead(404).end()));
    const { code, err } = await portcullis(['doctor', `http://${host}/mcp`]);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'Cannot examine:\n  The URL is on plain HTTP, which clients use on loopback only. Pass the https URL; --dangerously-allow-http looks at this one all the same.\n',
    });
    expect(await said(`http://${host}/mcp`, '--dangerously-allow-http')).toEqual([
      'fail https http://127.0.0.2:PORT/mcp: The endpoint is on plain HTTP.',
      'warn port http://127.0.0.2:PORT/mcp: The endpoint is on port PORT.',
      'skip certificate : there is no TLS.',
      reached,
    ]);
  });
});

it('takes three seconds for the first answer, and no more', async () => {
  const latency = endpoint.find(({ id }) => id === 'latency');
  const after = (durationMs: number) =>
    latency?.examine({
      url: 'https://h.example/mcp',
      ask: async () => ({ kind: 'answer', durationMs }),
    } as unknown as Patient);
  expect(await after(3000)).toEqual({
    outcome: 'ok',
    said: 'The first answer came after 3000 ms.',
  });
  expect(await after(3001)).toEqual({
    outcome: 'warn',
    said: 'The first answer came after 3001 ms.',
    where: 'https://h.example/mcp',
  });
});
