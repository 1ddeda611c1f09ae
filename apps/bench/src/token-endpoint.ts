import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineScopes } from '@portcullis/core';
import { embeddedAccounts, localProvider } from '@portcullis/provider-local';
import express, { type Express } from 'express';
import { generateKeyPair, SignJWT } from 'jose';
import { Pool } from 'undici';
import { type Batch, type Comparison, compare } from './pairs.js';

const IN_FLIGHT = 16;
const secret = randomBytes(32).toString('base64url');
const scope = 'mcp:exec:workflows:nightly';
const form = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: 'job',
  client_secret: secret,
  scope,
}).toString();

/** The least that could be called a token endpoint: no store, no audit, no rules. The ceiling of what Express and jose can do. */
async function bareEndpoint(issuer: string, resource: string): Promise<Express> {
  const { privateKey } = await generateKeyPair('ES256');
  const expected = Buffer.from(secret);
  return express().post('/token', express.urlencoded(), async (request, response) => {
    const given = Buffer.from(String(request.body.client_secret));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.status(400).json({ error: 'invalid_client' });
      return;
    }
    const token = await new SignJWT({ client_id: 'job', scope })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(resource)
      .setSubject('job')
      .setJti(randomBytes(16).toString('base64url'))
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    response.set('cache-control', 'no-store');
    response.json({ access_token: token, token_type: 'Bearer', expires_in: 300, scope });
  });
}

/** Client credentials, ES256, memory store: our token endpoint against a bare one on Express and jose. */
export async function tokensAgainstBare(): Promise<Comparison> {
  const issuer = 'http://127.0.0.1:9';
  const resource = `${issuer}/mcp`;
  const scopes = defineScopes({ [scope]: { description: 'Run the nightly workflow.' } });
  const provider = localProvider({
    issuer,
    resources: [{ resource, name: 'Bench', scopes }],
    accounts: embeddedAccounts([{ username: 'nobody', password: randomBytes(16).toString('hex') }]),
    clients: [
      {
        clientId: 'job',
        name: 'Job',
        scopes: [scope],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
    // One client asks more often here than any has reason to.
    rateLimits: { clientTokens: false },
  });
  const servers = await Promise.all([
    listening(provider.authorizationServer),
    listening(await bareEndpoint(issuer, resource)),
  ]);
  const pools = servers.map(
    (server) =>
      new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
        connections: IN_FLIGHT,
      }),
  );
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const [ours, theirs] = pools.map(
    (pool): Batch =>
      async (count) => {
        const once = async () => {
          const { body } = await pool.request({
            path: '/token',
            method: 'POST',
            headers,
            body: form,
          });
          const answer = await body.text();
          if (!answer.includes('"access_token"')) throw new Error(`No token: ${answer}`);
        };
        for (let index = 0; index < count; index += IN_FLIGHT) {
          await Promise.all(Array.from({ length: IN_FLIGHT }, once));
        }
      },
  );
  if (!ours || !theirs) throw new Error('A contestant is missing.');
  try {
    return await compare(ours, theirs);
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    for (const server of servers) server.close();
    await provider.close();
  }
}

async function listening(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) =>
    server.once('listening', resolve).once('error', reject),
  );
  return server;
}
