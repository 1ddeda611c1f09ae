import { type CallToolRequest, type CallToolResult, Client } from '@modelcontextprotocol/client';
import { openConnection } from './connection.js';
import type { MemoryClient } from './memory-client.js';
import { isOffered } from './offer.js';
import { structured, textOf } from './results.js';
import type { Scene } from './scene.js';
import { refusedFor, stepUp } from './step-up.js';

/** A headline that the app reads, and five that it brings: of an invented company. */
const HEADLINE = 'finance://news/n0001';
const NEWS = `publishedAt,tickers,title
2026-11-01,QLMB,Quillmoor Bank raises full-year guidance
2026-11-02,QLMB,Quillmoor Bank lifts dividend by 15%
2026-11-03,QLMB,Quillmoor Bank to report third-quarter results
2026-11-04,QLMB,Regulator fines Quillmoor Bank
2026-11-05,QLMB,Profit at Quillmoor Bank falls`;

type Call = CallToolRequest['params'];

/** The app at work, in the newest revision of the protocol: what it may do, what it has to ask for, what it does not get. */
export async function use(scene: Scene, app: MemoryClient): Promise<void> {
  const { tour, world, vendor, fetch } = scene;
  const client = new Client(
    { name: 'morning-briefing', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const connection = openConnection({ mcpUrl: world.mcpUrl, authProvider: app, client, fetch });
  const call = (params: Call) => client.callTool(params);

  tour.step('The app connects in the newest revision of MCP (2026-07-28) and asks who it is here.');
  await client.connect(connection.transport);
  const whoami = await call({ name: 'whoami' });
  tour.quote(textOf(whoami));
  tour.check('it acts for Ada', structured(whoami).subject, vendor.subject);

  tour.step('It uses a tool that Ada allowed: how good is this piece of news?');
  const text = "Quillmoor Bank's quarterly profit beats estimates as loan losses shrink";
  const scored = await call({ name: 'analyze_sentiment', arguments: { texts: [text] } });
  tour.quote(textOf(scored));
  tour.holds('good news is told from bad', textOf(scored).startsWith('positive'), scored);

  tour.step('It reads a headline, which Ada allowed as well.');
  const [content] = (await client.readResource({ uri: HEADLINE })).contents;
  const { item } = JSON.parse(content && 'text' in content ? content.text : '{}');
  tour.quote(String(item?.title));
  tour.check('it is the one that was asked for', item?.id, 'n0001');

  tour.step(
    'It tries a tool that its token does not cover. The server refuses, and names what that takes, so the app knows what to ask for: a step-up.',
  );
  const compare = { name: 'compare_tickers', arguments: { tickers: ['QLMB', 'TNDQ'] } };
  const lacks = ['mcp:tools:compare_tickers'];
  await refusedFor(scene, () => call(compare), [...lacks, 'mcp:resources:news:read']);
  tour.step(vendor.browser.again);
  await stepUp(scene, app, connection, lacks);
  await works(scene, () => call(compare));

  tour.step(
    'It brings five headlines of its own. To read is one thing, to write is another: one more refusal, and one more question to Ada.',
  );
  const write = ['mcp:tools:import_news', 'mcp:resources:news:write'];
  const bring = { name: 'import_news', arguments: { csv: NEWS } };
  await refusedFor(scene, () => call(bring), write);
  await stepUp(scene, app, connection, write);
  const brought = await works(scene, () => call(bring));
  tour.check('all five are taken', structured(brought).imported, 5);

  tour.step('It draws how the mood about that company moved, with the new headlines in it.');
  const trend = await works(scene, () =>
    call({ name: 'sentiment_trend', arguments: { tickers: ['QLMB'] } }),
  );
  tour.check('the last day is that of the newest', newestDay(trend), '2026-11-05');

  tour.step(
    isOffered(vendor.offers.consentPages)
      ? 'It tries the workflow that Ada did not allow at the beginning (daily-digest). Which scope is needed depends on what the call says: on the name of the workflow.'
      : 'It tries a workflow that it never asked for (daily-digest). Which scope is needed depends on what the call says: on the name of the workflow.',
  );
  const digest = { name: 'run_workflow', arguments: { workflow: 'daily-digest' } };
  await refusedFor(scene, () => call(digest), ['mcp:exec:workflows:daily-digest']);
  await client.close();
}

/** A call that is allowed, and what came of it. */
async function works(
  { tour }: Scene,
  call: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const result = await call();
  tour.quote(textOf(result));
  tour.holds('the call is answered', result.isError !== true, result);
  return result;
}

/** The last day of the first series of `sentiment_trend`. */
function newestDay(trend: CallToolResult): unknown {
  const { series } = structured(trend) as { series?: readonly { days: { date: string }[] }[] };
  return series?.[0]?.days.at(-1)?.date;
}
