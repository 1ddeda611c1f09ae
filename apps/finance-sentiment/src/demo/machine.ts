import {
  auth,
  Client,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { refusalOf, structured, textOf } from './results.js';
import type { Scene } from './scene.js';

/** What the operator wrote down for the job, and the part of it that it asks for one night. */
const WILDCARD = 'mcp:exec:workflows:*';
const DIGEST = 'mcp:exec:workflows:daily-digest';

/** By which clients and servers tell each other that programs may come without a person. */
const EXTENSION = 'io.modelcontextprotocol/oauth-client-credentials';

/** A program without a person: it proves itself, and the operator decided beforehand what it may do. */
export async function machine({ tour, world, vendor, fetch, last }: Scene): Promise<void> {
  const { introduction, provider } = vendor.machine;
  const ask = (scope: string) => auth(provider, { serverUrl: world.mcpUrl, scope, fetchFn: fetch });
  tour.step(
    `A nightly job has no person to ask. ${introduction}, and gets what the operator wrote down for it: every workflow at once (a wildcard).`,
  );
  await ask(WILDCARD);
  const tokens = await provider.tokens();
  tour.check('it is granted that, and no more', tokens?.scope, WILDCARD);
  tour.check(
    'there is nothing to refresh: it can ask again at any time',
    tokens?.refresh_token,
    undefined,
  );

  tour.step(
    'It runs a workflow. This client speaks the older revision of MCP (2025-11-25); the server answers both.',
  );
  const client = new Client(
    { name: 'nightly', version: '1.0.0' },
    { capabilities: { extensions: { [EXTENSION]: {} } } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(world.mcpUrl), {
    authProvider: provider,
    fetch,
    onInsufficientScope: 'throw',
  });
  await client.connect(transport);
  const extensions = client.getServerCapabilities()?.extensions ?? {};
  tour.holds('the server says that such programs may come', EXTENSION in extensions, extensions);
  const build = {
    name: 'run_workflow',
    arguments: { workflow: 'portfolio-report', tickers: ['QLMB', 'TNDQ'] },
  };
  const report = await client.callTool(build);
  tour.quote(textOf(report));
  tour.aside(
    'The 405 is no refusal of the job: its client asked whether the server wants to send messages of its own accord, and this one does not.',
  );
  tour.holds('a report is made', typeof structured(report).reportUri === 'string', report);

  tour.step(
    'For a night it asks for less than it may have: one workflow (daily-digest). Another one (portfolio-report) is then a plain no: a machine has nobody to ask, so no step-up is offered.',
  );
  await ask(DIGEST);
  tour.check('it is granted that one', (await provider.tokens())?.scope, DIGEST);
  const refusal = await refusalOf(() => client.callTool(build));
  tour.holds(
    'the call is refused with 403',
    refusal instanceof SdkHttpError && refusal.status === 403,
    refusal,
  );
  tour.check('and no step-up is offered', last().headers.get('www-authenticate'), null);
  await client.close();
}
