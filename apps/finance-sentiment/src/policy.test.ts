import { InsufficientScopeError, SdkHttpError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from './protected-mcp.harness.js';

const everything = [
  'mcp:tools:analyze_sentiment',
  'mcp:tools:get_news_sentiment',
  'mcp:tools:search_news',
  'mcp:tools:compare_tickers',
  'mcp:tools:sentiment_trend',
  'mcp:tools:import_news',
  'mcp:resources:news:read',
  'mcp:resources:news:write',
  'mcp:resources:watchlists:read',
  'mcp:resources:watchlists:write',
  'mcp:resources:reports:read',
  'mcp:resources:audit:read',
  'mcp:exec:workflows:daily-digest',
  'mcp:exec:workflows:portfolio-report',
  'mcp:exec:workflows:backfill-scores',
];

/** A call that would succeed with enough scopes, and all that it needs. */
const calls = [
  ['analyze_sentiment', { texts: ['Profit rises'] }, ['mcp:tools:analyze_sentiment']],
  [
    'get_news_sentiment',
    { ticker: 'QLMB' },
    ['mcp:tools:get_news_sentiment', 'mcp:resources:news:read'],
  ],
  ['search_news', { query: 'profit' }, ['mcp:tools:search_news', 'mcp:resources:news:read']],
  [
    'compare_tickers',
    { tickers: ['QLMB', 'TNDQ'] },
    ['mcp:tools:compare_tickers', 'mcp:resources:news:read'],
  ],
  [
    'sentiment_trend',
    { tickers: ['QLMB'] },
    ['mcp:tools:sentiment_trend', 'mcp:resources:news:read'],
  ],
  [
    'import_news',
    { csv: 'title,publishedAt\nProfit rises,2026-10-01\n' },
    ['mcp:tools:import_news', 'mcp:resources:news:write'],
  ],
  ['edit_watchlist', { name: 'mine', add: ['QLMB'] }, ['mcp:resources:watchlists:write']],
  ['run_workflow', { workflow: 'daily-digest' }, ['mcp:exec:workflows:daily-digest']],
  ['run_workflow', { workflow: 'portfolio-report' }, ['mcp:exec:workflows:portfolio-report']],
  ['run_workflow', { workflow: 'backfill-scores' }, ['mcp:exec:workflows:backfill-scores']],
] as const;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());

/** How a call was refused. */
async function refused(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'allowed',
    (error: unknown) => error,
  );
}

describe.each(calls)('%s %j', (name, args, needs) => {
  const call = { name, arguments: { ...args } };

  it('is allowed with exactly what the policy says', async () => {
    const client = await harness.connect(needs);
    expect((await client.callTool(call)).isError).toBeFalsy();
  });

  it.each(needs)(
    'is refused without %s, and the challenge names all that it needs (RS-28)',
    async (missing) => {
      const client = await harness.connect(everything.filter((scope) => scope !== missing));
      const error = await refused(client.callTool(call));
      expect(error).toBeInstanceOf(InsufficientScopeError);
      expect((error as InsufficientScopeError).requiredScope).toBe(needs.join(' '));
    },
  );
});

describe('what demonstrates what', () => {
  it('offers a new client the least that is useful', async () => {
    const response = await harness.post(undefined, { jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="${harness.url.replace('/mcp', '/.well-known/oauth-protected-resource/mcp')}"`,
    );
  });

  it('lets any valid token ask who it is, and nothing else', async () => {
    const client = await harness.connect([]);
    expect((await client.callTool({ name: 'whoami', arguments: {} })).isError).toBeFalsy();
    const error = await refused(client.readResource({ uri: 'finance://corpus/manifest' }));
    expect(error).toBeInstanceOf(InsufficientScopeError);
  });

  it('keeps reading and writing apart', async () => {
    const writer = await harness.connect(['mcp:resources:news:write', 'mcp:tools:import_news']);
    const read = await refused(writer.readResource({ uri: 'finance://corpus/manifest' }));
    expect((read as InsufficientScopeError).requiredScope).toBe('mcp:resources:news:read');
    const reader = await harness.connect(['mcp:resources:news:read']);
    expect((await reader.readResource({ uri: 'finance://corpus/manifest' })).contents).toHaveLength(
      1,
    );
  });

  it('lets a machine with one workflow run that one, and says a plain no to another (RS-34)', async () => {
    const client = await harness.connect(['mcp:exec:workflows:daily-digest'], {
      machine: 'nightly',
    });
    const run = (workflow: string) =>
      client.callTool({ name: 'run_workflow', arguments: { workflow } });
    expect((await run('daily-digest')).isError).toBeFalsy();
    const error = await refused(run('portfolio-report'));
    expect(error).toBeInstanceOf(SdkHttpError);
    expect((error as SdkHttpError).status).toBe(403);
  });

  it.each(['daily-digest', 'portfolio-report', 'backfill-scores'])(
    'lets a machine with the wildcard run %s',
    async (workflow) => {
      const client = await harness.connect(['mcp:exec:workflows:*'], { machine: 'nightly' });
      const result = await client.callTool({ name: 'run_workflow', arguments: { workflow } });
      expect(result.isError).toBeFalsy();
    },
  );

  it('does not let the wildcard of workflows reach a tool or a resource', async () => {
    const client = await harness.connect(['mcp:exec:workflows:*'], { machine: 'nightly' });
    for (const call of [
      () => client.callTool({ name: 'analyze_sentiment', arguments: { texts: ['x'] } }),
      () => client.readResource({ uri: 'finance://corpus/manifest' }),
    ]) {
      expect(((await refused(call())) as SdkHttpError).status).toBe(403);
    }
  });

  it('refuses a token for another server before it looks at scopes (RS-37)', async () => {
    const token = await harness.issuer.mint({
      claims: { aud: 'https://elsewhere.example/mcp' },
      scopes: everything,
    });
    const response = await harness.post(token, { jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('shows the audit trail to the administrator, and to nobody else who was granted the scope', async () => {
    const uri = 'finance://audit/recent';
    const scopes = ['mcp:resources:audit:read'];
    const admin = await harness.connect(scopes, { subject: 'user:admin' });
    const read = await admin.readResource({ uri });
    expect(read.contents[0]).toMatchObject({ mimeType: 'application/json' });
    const ada = await harness.connect(scopes);
    expect(((await refused(ada.readResource({ uri }))) as SdkHttpError).status).toBe(403);
    // A client that calls itself like the administrator is still a client.
    const robot = await harness.connect(scopes, { machine: 'user:admin' });
    expect(((await refused(robot.readResource({ uri }))) as SdkHttpError).status).toBe(403);
  });

  it('lists nothing that the policy does not know, and has a tool for each of its entries', async () => {
    const client = await harness.connect([...everything]);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'whoami',
      'analyze_sentiment',
      'get_news_sentiment',
      'search_news',
      'compare_tickers',
      'sentiment_trend',
      'import_news',
      'edit_watchlist',
      'run_workflow',
    ]);
    const { resources } = await client.listResources();
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(
      [
        ...resources.map(({ uri }) => uri),
        ...resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      ].sort(),
    ).toEqual([
      'finance://audit/recent',
      'finance://corpus/manifest',
      'finance://lexicon',
      'finance://news/by-ticker/{ticker}',
      'finance://news/{id}',
      'finance://reports/{id}',
      'finance://watchlists/{name}',
      'ui://finance-sentiment/trend.html',
    ]);
  });
});
