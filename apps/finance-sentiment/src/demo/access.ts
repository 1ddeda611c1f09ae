import { auth } from '@modelcontextprotocol/client';
import { auditTable } from './audit-table.js';
import { changeOfMind } from './change-of-mind.js';
import { machine } from './machine.js';
import type { MemoryClient } from './memory-client.js';
import { misuse } from './misuse.js';
import { outage } from './outage.js';
import type { Scene } from './scene.js';
import { use } from './use.js';

/** Columns that stand before a quoted line. */
const QUOTE_INDENT = 7;

/** Act three. What a token opens, what it does not, and how it ends. */
export async function access(scene: Scene, app: MemoryClient, since: number): Promise<void> {
  const { tour, world, concealer } = scene;
  tour.act(
    'Access',
    'Every call is judged before anything runs: is the token good, was it made for this server, does it hold the scopes that the call takes?',
  );
  await use(scene, app);
  await misuse(scene, await refresh(scene, app), app);
  await changeOfMind(scene);
  await machine(scene);
  await outage(scene);

  const { called, origin } = scene.vendor;
  tour.step(
    origin === world.origin
      ? 'Everything that happened is written down, refusals included: the audit trail.'
      : `All that this server decided is written down, refusals included: the audit trail. What happened at ${called} is for ${called} to record.`,
  );
  tour.quote(auditTable(world.audit.events, since, tour.columns - QUOTE_INDENT));
  tour.aside('A server that stays up shows it to its administrator, at /admin/audit.');
  const trail = JSON.stringify(world.audit.events);
  tour.holds(
    'no token, code or secret of the tour is in it',
    concealer.conceal(trail) === trail,
    'a secret in the audit trail',
  );
}

/** @returns The refresh token that was used up first: what came of it has been used since, so it cannot be a lost answer. */
async function refresh({ tour, world, fetch }: Scene, app: MemoryClient): Promise<string> {
  tour.step(
    'No token lasts: this one is good for minutes. The app trades its refresh token for a new pair of tokens, and that one for another; no person is needed.',
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
