import { expect, it } from 'vitest';
import { discoveredOperations } from './discovered-operations.js';

const annotations = { readOnlyHint: true };
const needing = (...required: unknown[]) => ({ 'portcullis/scopes': { required } });

it('calls only what says that it is harmless, takes nothing and names its scopes', () => {
  const tools = [
    { name: 'weather', annotations, _meta: needing('mcp:tools:weather') },
    { name: 'whoami', annotations, _meta: needing(), inputSchema: { required: [] } },
    { name: 'pay', _meta: needing() },
    { name: 'drop', annotations: { readOnlyHint: 'true' }, _meta: needing() },
    { name: 'search', annotations, _meta: needing(), inputSchema: { required: ['query'] } },
    { name: 'unknown', annotations },
    { name: 'odd', annotations, _meta: needing('two words') },
    { name: 'varies', annotations, _meta: { 'portcullis/scopes': { required: [], possible: [] } } },
    { name: 7, annotations, _meta: needing() },
    null,
  ];
  const none = { headers: {}, coveredBy: [] };
  expect(discoveredOperations({ tools })).toEqual([
    { method: 'tools/call', params: { name: 'whoami', arguments: {} }, scopes: [], ...none },
    {
      ...{ method: 'tools/call', params: { name: 'weather', arguments: {} } },
      ...{ scopes: ['mcp:tools:weather'], ...none },
    },
  ]);
});

it.each([undefined, {}, { tools: 7 }, { tools: [[], 'x', { _meta: [] }] }])(
  'makes nothing of %j',
  (result) => {
    expect(discoveredOperations(result)).toEqual([]);
  },
);
