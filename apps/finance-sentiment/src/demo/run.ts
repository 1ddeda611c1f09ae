import { styleText } from 'node:util';
import type { IdentityName } from '../identity/identity-config.js';
import { access } from './access.js';
import { authorization } from './authorization.js';
import { createConcealer } from './conceal.js';
import { discovery } from './discovery.js';
import type { Person } from './person.js';
import type { Scene } from './scene.js';
import { describeSurprise } from './surprise.js';
import { createTour } from './tour.js';
import type { Vendor } from './vendor.js';
import { visibleFetch } from './visible-fetch.js';
import { waitingPerson } from './waiting-person.js';
import { createWorld, type World } from './world.js';

/** How the tour runs. */
export interface RunOptions {
  /** Who signs Ada in. Default: the embedded issuer. */
  readonly provider?: IdentityName;
  /**
   * At which browser Ada sits: `forms` fills in the forms without one, `chromium` drives a real one, `own` waits for the reader's. Only the
   * embedded issuer has pages. Default `forms`.
   */
  readonly browser?: 'forms' | 'chromium' | 'own';
  /** Where `chromium` keeps pictures. Default `screenshots`. */
  readonly pictures?: string;
  /** Also show the bodies. Default false. */
  readonly verbose?: boolean;
  /** Of the terminal: longer lines are broken. Default: as they come. */
  readonly columns?: number;
  /** Takes one line. Default: standard output. */
  readonly print?: (line: string) => void;
}

/**
 * Walks the whole of MCP authorization against real servers, and checks every step.
 *
 * @returns The exit status: 0, or 1 at the first surprise.
 */
export async function run(options: RunOptions = {}): Promise<0 | 1> {
  const { provider = 'local', verbose = false, print = console.log, columns } = options;
  const since = Date.now();
  const concealer = createConcealer();
  const tour = createTour({ verbose, print, columns }, concealer);
  const world = await createWorld(provider, {
    onDocumentRead: (url) => tour.line(`(the issuer fetches ${url})`),
    report: (message) => tour.aside(`the server tells its operator: ${message}`),
  });
  const { vendor } = world;
  for (const secret of vendor.secrets) concealer.learn(secret);
  const places = new Map([
    [vendor.origin, `${vendor.name} `],
    [world.origin, ''],
  ]);
  let last: ReturnType<Scene['last']> = { status: 0, headers: new Headers() };
  const fetch = visibleFetch(tour, concealer, places, (answer) => {
    if (answer.url === world.mcpUrl) last = answer;
  });
  const person = await seat(options, vendor, fetch);
  const scene = { tour, world, vendor, fetch, last: () => last, concealer, person };
  try {
    introduce(print, world, verbose);
    await discovery(scene);
    const app = await authorization(scene);
    await access(scene, app, since);
    const { steps, checks, leftOut } = tour.counts;
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    print('');
    const rest = leftOut > 0 ? `, ${leftOut} not offered` : '';
    print(
      styleText('bold', `${steps} steps, ${checks} checks${rest}, ${seconds} s: all as announced.`),
    );
    return 0;
  } catch (error) {
    for (const line of concealer.conceal(describeSurprise(error)).split('\n')) print(line);
    return 1;
  } finally {
    await person.close?.();
    await world.close();
  }
}

/** Sits Ada down at the browser that was asked for. */
async function seat(
  { browser = 'forms', pictures = 'screenshots', print = console.log }: RunOptions,
  { account, person }: Vendor,
  fetch: typeof globalThis.fetch,
): Promise<Person & { close?(): Promise<void> }> {
  if (browser === 'forms' || !account) return person(fetch);
  if (browser === 'own') return waitingPerson(account, print);
  // Loaded only where it is asked for, since it needs a browser.
  const { chromiumPerson } = await import('./chromium-person.js');
  return chromiumPerson(account, pictures);
}

function introduce(print: (line: string) => void, world: World, verbose: boolean): void {
  print(styleText('bold', 'A tour of MCP authorization, on real servers'));
  print('');
  print(`  Ada               keeps financial news in an MCP server`);
  print(`  Morning Briefing  an app that wants to use it on her behalf`);
  print('  a nightly job     runs without anybody watching');
  print(`  the MCP server    ${world.mcpUrl}, until the tour ends`);
  print(`  ${world.vendor.introduction}`);
  print('');
  print(
    verbose
      ? 'Lines with > were sent, lines with < came back.'
      : 'Run it with --verbose to see the bodies of requests and answers as well.',
  );
  print('Tokens, codes and secrets are cut to six characters.');
}
