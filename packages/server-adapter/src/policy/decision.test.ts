import { defineScopes } from '@portcullis/core';
import { createFakeIssuer } from '@portcullis/core/testing';
import { expect, it } from 'vitest';
import { createMcpAuth } from '../index.js';

const resource = 'http://127.0.0.1:4321/mcp';
const answers: readonly (readonly [string, () => unknown, number])[] = [
  ['yes', () => true, 202],
  ['later', async () => true, 202],
  ['no', () => false, 403],
  ['text', () => 'false', 403],
  ['object', async () => ({ allowed: false }), 403],
  ['nothing', () => undefined, 403],
  ['throws', () => JSON.parse('{'), 403],
];

it('takes nothing but true for a rule that says yes (RS-60)', async () => {
  const issuer = await createFakeIssuer();
  const auth = createMcpAuth({
    resource,
    provider: issuer.provider(),
    scopes: defineScopes({ 'mcp:tools:any': { description: 'Use any tool.' } }),
    policy: {
      tools: Object.fromEntries(
        answers.map(([name, rule]) => [name, { needs: [], rule: rule as () => boolean }]),
      ),
    },
  });
  const handler = auth.protect(async () => new Response(null, { status: 202 }));
  const authorization = `Bearer ${await issuer.mint({ claims: { aud: resource } })}`;
  for (const [name, , status] of answers) {
    const answer = await handler(
      new Request(resource, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }),
      }),
    );
    expect([name, answer.status]).toEqual([name, status]);
  }
  await issuer.close();
});
