import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { envelope } from '../contract/calls.js';
import { ada, connection, request, resource } from '../contract/stdio-connection.js';
import type { McpAuthOptions } from '../index.js';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource });
});
afterAll(() => issuer.close());

type Scope = 'mcp:tools:weather' | 'mcp:tools:payroll';

/** What a client gets for a request that is refused. */
async function answerTo(
  method: string,
  params: object,
  options: Partial<McpAuthOptions<Scope>> = {},
) {
  const { receive, settled, toClient, toServer } = await connection(
    issuer,
    { principal: ada },
    options,
  );
  receive(request(1, method, { ...params }));
  await settled();
  expect(toServer).toEqual([]);
  return toClient[0];
}

it('says that nobody can count calls now (RS-91)', async () => {
  const take = () => {
    throw new Error('The store of counts is away.');
  };
  // What is allowed and cannot be counted waits for the marker behind it, which cannot be counted either.
  const answer = await answerTo('tools/list', {}, { limits: { calls: { take } } });
  expect(answer).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: { code: 503, message: 'This cannot be decided now. Try again later.' },
  });
});

it('says that a sign-in is too old, to somebody who never signed in', async () => {
  const policy = { tools: { pay: { needs: [], maxAge: 300 } } };
  const answer = await answerTo('tools/call', { name: 'pay', arguments: {} }, { policy });
  expect(answer).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: {
      content: [
        {
          type: 'text',
          text: 'This needs a newer or stronger sign-in than the one this server was started with.',
        },
      ],
      isError: true,
      _meta: { 'portcullis/denial': { error: 'insufficient_user_authentication' } },
    },
  });
});

it('says it in the words of the revision: a result of 2026-07-28 has a type', async () => {
  const params = { name: 'payroll', arguments: {}, _meta: envelope };
  const answer = await answerTo('tools/call', params);
  expect(answer).toMatchObject({ result: { resultType: 'complete', isError: true } });
});
