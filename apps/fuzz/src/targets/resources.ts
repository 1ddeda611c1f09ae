import { createMcpHandler, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { policy } from '../model/policy-model.js';
import { covers, definitions } from '../model/scope-model.js';
import { oneToken, protectedServer, RESOURCE } from '../protected-server.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

type Template = keyof typeof policy.resources;

const piece = fc.oneof(
  fc.constantFrom(
    'notes:',
    'NOTES:',
    '//',
    '/',
    'box',
    'BOX',
    'shelf',
    'secret',
    '%73ecret',
    'SECRET',
    '..',
    '.',
    '%2e',
    '%2f',
  ),
  fc.constantFrom(
    '?',
    '#',
    '\\',
    '%',
    '\t',
    '\n',
    ' ',
    '@',
    ':',
    ';',
    ',',
    '&',
    '=',
    '\u0000',
    'é',
    '\ud800',
    '{id}',
    '*',
  ),
  fc.string({ maxLength: 3 }),
);
const uri = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(piece, { maxLength: 6 }).map((tail) => `notes://box/${tail.join('')}`),
  },
  {
    weight: 2,
    arbitrary: fc.array(piece, { maxLength: 6 }).map((tail) => `notes://shelf/${tail.join('')}`),
  },
  { weight: 2, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['notes://box/secret', 'notes://box/1', 'notes://shelf/a/b'],
      // A URL parser reads the secret one in each.
      ...[
        'notes://box/secret ',
        'notes://box/sec\tret',
        'notes://box/secret\n',
        'notes://box/s\recret',
      ],
    ),
  },
);
const input = fc.record({ uri, grants: fc.subarray(Object.keys(definitions)) });

/** Spellings of URIs, against what the SDK itself makes of them: the handler that runs says what was needed. */
export const resources: Target = {
  name: 'resources',
  cost: 60,
  run(options) {
    const state = oneToken();
    let ran: Template | undefined;
    const runs = (template: Template) => async (url: URL) => {
      ran = template;
      return { contents: [{ uri: url.href, text: 'note' }] };
    };
    const endpoint = createMcpHandler(() => {
      const server = new McpServer({ name: 'fuzz', version: '1' });
      server.registerResource('secret', 'notes://box/secret', {}, runs('notes://box/secret'));
      for (const template of ['notes://box/{id}', 'notes://shelf/{+path}'] as const) {
        server.registerResource(
          template,
          new ResourceTemplate(template, { list: undefined }),
          {},
          runs(template),
        );
      }
      return server;
    });
    const handler = protectedServer(state.provider).protect(endpoint.fetch);
    return runProperty(
      input,
      async (given) => {
        ran = undefined;
        state.scopes = given.grants;
        const response = await handler(readRequest(given.uri, state.token));
        await response.arrayBuffer();
        if (response.status >= 500) throw new Error(`Answered ${response.status}.`);
        if (ran === undefined) return false;
        const needs: readonly string[] = policy.resources[ran];
        const held = needs.every((need) => given.grants.some((grant) => covers(grant, need)));
        if (!held)
          throw new Error(
            `${ran} ran for ${JSON.stringify(given.uri)} with ${given.grants.join(' ') || 'nothing'}.`,
          );
        return true;
      },
      options,
    );
  },
};

function readRequest(given: string, token: string): Request {
  const body = { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: given } };
  const headers = {
    ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...{ accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' },
  };
  return new Request(RESOURCE, { method: 'POST', headers, body: JSON.stringify(body) });
}
