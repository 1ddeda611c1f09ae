import { auth, Client, UnauthorizedError } from '@modelcontextprotocol/client';
import { auditTable } from './audit-table.js';
import { changeOfMind } from './change-of-mind.js';
import { openConnection, takeAnswer } from './connection.js';
import { machine } from './machine.js';
import type { MemoryClient } from './memory-client.js';
import { misuse } from './misuse.js';
import { isOffered } from './offer.js';
import { outage } from './outage.js';
import { refusalOf, structured, textOf } from './results.js';
import { type Scene, showChoices } from './scene.js';

/** Columns that stand before a quoted line. */
const QUOTE_INDENT = 7;

/** Act three. What a token opens, what it does not, and how it ends. */
export async function access(scene: Scene, app: MemoryClient, since: number): Promise<void> {
  const { tour, world, concealer } = scene;
  tour.act(
    'Access',
    'Every call is judged before anything runs: is the token good, was it made for this server, does it hold the scopes?',
  );
  await use(scene, app);
  await misuse(scene, await refresh(scene, app), app);
  await changeOfMind(scene);
  await machine(scene);
  await outage(scene);

  const { called, origin } = scene.vendor;
  tour.step(
    origin === world.origin
      ? 'Everything that happened is in the audit trail, refusals included.'
      : `All that this server decided is in its audit trail, refusals included. What happened at ${called} is for ${called} to record.`,
  );
  tour.quote(auditTable(world.audit.events, since, tour.columns - QUOTE_INDENT));
  const trail = JSON.stringify(world.audit.events);
  tour.holds(
    'no token, code or secret of the tour is in it',
    concealer.conceal(trail) === trail,
    'a secret in the audit trail',
  );
}

/** The app at work, in the newest revision of the protocol; one scope short, it asks for more. */
async function use(scene: Scene, app: MemoryClient): Promise<void> {
  const { tour, world, vendor, fetch, person, last } = scene;
  const { consentPages } = vendor.offers;
  const client = new Client(
    { name: 'morning-briefing', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const connection = openConnection({ mcpUrl: world.mcpUrl, authProvider: app, client, fetch });

  tour.step('The app connects in the newest revision of MCP (2026-07-28) and asks who it is here.');
  await client.connect(connection.transport);
  const whoami = await client.callTool({ name: 'whoami', arguments: {} });
  tour.quote(textOf(whoami));
  tour.check('it acts for Ada', structured(whoami).subject, vendor.subject);

  tour.step('It uses the tool that Ada allowed.');
  const scored = await client.callTool({
    name: 'analyze_sentiment',
    arguments: {
      texts: ["Quillmoor Bank's quarterly profit beats estimates as loan losses shrink"],
    },
  });
  tour.quote(textOf(scored));
  tour.holds('good news is told from bad', textOf(scored).startsWith('positive'), textOf(scored));

  tour.step('It reads a resource that Ada allowed.');
  const read = await client.readResource({ uri: 'finance://corpus/manifest' });
  const [manifest] = read.contents;
  const items = manifest && 'text' in manifest ? JSON.parse(manifest.text).items : undefined;
  tour.holds(`the manifest comes back (${items} headlines)`, items > 0, manifest);

  tour.step(
    'It tries a tool that its token does not cover. The server refuses and names what is missing, so the app knows what to ask for: a step-up.',
  );
  const compare = { name: 'compare_tickers', arguments: { tickers: ['QLMB', 'TNDQ'] } };
  const refusal = await refusalOf(() => client.callTool(compare));
  tour.holds('the app has to go back to Ada', refusal instanceof UnauthorizedError, refusal);
  const challenge = last().headers.get('www-authenticate') ?? '';
  const named = /\bscope="([^"]*)"/.exec(challenge)?.[1]?.split(' ') ?? [];
  tour.check('the challenge names all that the tool needs', named, [
    'mcp:tools:compare_tickers',
    'mcp:resources:news:read',
  ]);
  const asked = app.authorizationUrl?.searchParams.get('scope')?.split(' ') ?? [];
  tour.holds(
    'it asks for what the challenge names',
    named.every((scope) => asked.includes(scope)),
    asked,
  );

  tour.step(vendor.browser.again);
  const answer = await person.decide(app.authorizationUrl);
  const { page } = answer;
  if (isOffered(consentPages) && page !== undefined) {
    showChoices(tour, answer);
    tour.holds('the page marks what is new', /^\[x\] Compare .*\. New$/m.test(page), page);
  }
  await takeAnswer(app, connection, answer.callback);
  const compared = await client.callTool(compare);
  tour.quote(textOf(compared));
  tour.holds('the same call now works', compared.isError !== true, compared);
  await client.close();
}

/** @returns The refresh token that was used up first: what came of it has been used since, so it cannot be a lost answer. */
async function refresh({ tour, world, fetch }: Scene, app: MemoryClient): Promise<string> {
  tour.step(
    'No token lasts. The app trades its refresh token for a new pair, and that one for another; no person is needed.',
  );
  const before = app.currentTokens;
  const again = { serverUrl: world.mcpUrl, fetchFn: fetch };
  const outcomes = [await auth(app, again), await auth(app, again)];
  const after = app.currentTokens;
  tour.check('the refresh tokens were good', outcomes, ['AUTHORIZED', 'AUTHORIZED']);
  tour.holds(
    'both tokens are new',
    before?.access_token !== after?.access_token && before?.refresh_token !== after?.refresh_token,
    'the same token again',
  );
  return before?.refresh_token ?? '';
}
