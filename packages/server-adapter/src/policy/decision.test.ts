import { defineScopes } from '@portcullis/core';
import { createFakeIssuer } from '@portcullis/core/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createMcpAuth, defineEntry, needsByInput } from '../index.js';

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

it('asks no rule about input that is not what it was promised, also when it is still being written', async () => {
  const issuer = await createFakeIssuer();
  const asked: unknown[] = [];
  const brief = defineEntry({
    needs: needsByInput({
      input: z.object({ topic: z.string().transform((topic) => topic.length) }),
      possible: ['mcp:prompts:brief'],
      of: () => ['mcp:prompts:brief'],
    }),
    rule: (_, { topic }) => asked.push(topic) > 0,
  });
  const auth = createMcpAuth({
    resource,
    provider: issuer.provider(),
    scopes: defineScopes({ 'mcp:prompts:brief': { description: 'Write a brief.' } }),
    policy: { prompts: { brief } },
  });
  const handler = auth.protect(async () => new Response(null, { status: 202 }));
  const token = await issuer.mint({ claims: { aud: resource }, scopes: ['mcp:prompts:brief'] });
  const statusOf = async (method: string, params: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answer = await handler(new Request(resource, { method: 'POST', headers, body }));
    return [answer.status, (await answer.text()).includes('-32602')];
  };
  const get = { name: 'brief', arguments: { topic: 'gold' } };
  expect(await statusOf('prompts/get', get)).toEqual([202, false]);
  const ref = { type: 'ref/prompt', name: 'brief' };
  const argument = { name: 'topic', value: 'g' };
  expect(await statusOf('completion/complete', { ref, argument })).toEqual([200, true]);
  expect(asked).toEqual([4]);
  await issuer.close();
});
