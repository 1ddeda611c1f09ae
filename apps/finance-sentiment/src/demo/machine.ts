import {
  auth,
  Client,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { refusalOf, structured, textOf } from './results.js';
import type { Scene } from './scene.js';

const WILDCARD = 'mcp:exec:workflows:*';

/** A program without a person: it proves itself, and the operator decided beforehand what it may do. */
export async function machine({ tour, world, vendor, fetch, last }: Scene): Promise<void> {
  const { introduction, provider } = vendor.machine;
  tour.step(
    `A nightly job needs no person. ${introduction}, and gets what the operator wrote down for it.`,
  );
  await auth(provider, { serverUrl: world.mcpUrl, scope: WILDCARD, fetchFn: fetch });
  const tokens = await provider.tokens();
  tour.check('it is granted one wildcard', tokens?.scope, WILDCARD);
  tour.check(
    'there is nothing to refresh: it can ask again at any time',
    tokens?.refresh_token,
    undefined,
  );

  tour.step(
    "It runs a workflow. The wildcard covers every workflow, today's and tomorrow's. This client speaks the older revision of MCP (2025-11-25); the server answers both.",
  );
  const client = new Client({ name: 'nightly', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(world.mcpUrl), {
    authProvider: provider,
    fetch,
    onInsufficientScope: 'throw',
  });
  await client.connect(transport);
  const report = await client.callTool({
    name: 'run_workflow',
    arguments: { workflow: 'portfolio-report', tickers: ['QLMB', 'TNDQ'] },
  });
  tour.quote(textOf(report));
  tour.holds('a report is made', typeof structured(report).reportUri === 'string', report);

  tour.step(
    'It tries anything else. The answer is a plain no: a machine has nobody to ask, so no step-up is offered.',
  );
  const call = { name: 'analyze_sentiment', arguments: { texts: ['Profit rises'] } };
  const refusal = await refusalOf(() => client.callTool(call));
  tour.holds(
    'the call is refused with 403',
    refusal instanceof SdkHttpError && refusal.status === 403,
    refusal,
  );
  tour.check('and no step-up is offered', last().headers.get('www-authenticate'), null);
  await client.close();
}
