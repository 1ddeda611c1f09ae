import { styleText } from 'node:util';
import type { IdentityName } from '../identity/identity-config.js';
import { access } from './access.js';
import { authorization } from './authorization.js';
import { type Concealer, createConcealer } from './conceal.js';
import { discovery } from './discovery.js';
import type { Person } from './person.js';
import type { Scene } from './scene.js';
import { describeSurprise } from './surprise.js';
import { createTour, type Tour } from './tour.js';
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
  /** Ends the tour, wherever it is, and takes the world down. Default: it goes on to its end. */
  readonly interrupted?: AbortSignal;
}

/**
 * Walks the whole of MCP authorization against real servers, and checks every step.
 *
 * @returns The exit status: 0, or 1 at the first surprise and when it was interrupted.
 */
export async function run(options: RunOptions = {}): Promise<0 | 1> {
  const { verbose = false, print = console.log, columns, interrupted } = options;
  const concealer = createConcealer();
  const tour = createTour({ verbose, print, columns }, concealer);
  const started = performance.now();
  try {
    interrupted?.throwIfAborted();
    await walk(options, tour, concealer);
  } catch (error) {
    if (!interrupted?.aborted) tour.say(describeSurprise(error));
    return 1;
  }
  const { steps, checks, leftOut } = tour.counts;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const rest = leftOut > 0 ? `, ${leftOut} not offered` : '';
  const sum = `${steps} steps, ${checks} checks${rest}, ${seconds} s: all as announced.`;
  tour.say(`\n${styleText('bold', sum)}`);
  return 0;
}

/** Builds the world, goes through its three phases, and takes it down again, however that ends. */
async function walk(options: RunOptions, tour: Tour, concealer: Concealer): Promise<void> {
  const { provider = 'local', interrupted } = options;
  const since = Date.now();
  const world = await createWorld(provider, {
    onDocumentRead: (url) => tour.line(`(the issuer fetches ${url})`),
    report: (message) => tour.aside(`the server tells its operator: ${message}`),
  });
  try {
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
      tour.say(introduction(world, options));
      await Promise.race([phases(scene, since), interruption(interrupted)]);
    } finally {
      await person.close?.();
    }
  } finally {
    await world.close();
  }
}

async function phases(scene: Scene, since: number): Promise<void> {
  await discovery(scene);
  const app = await authorization(scene);
  await access(scene, app, since);
}

/** Fails when the signal comes; never ends otherwise. */
function interruption(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
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

function introduction({ mcpUrl, vendor }: World, { verbose }: RunOptions): string {
  return [
    styleText('bold', 'A tour of MCP authorization, on real servers'),
    '',
    '  Ada               keeps financial news, and wants an app to work with it',
    '  Morning Briefing  the app: it has to ask before it may do anything for her',
    '  a nightly job     a program that runs without anybody watching',
    `  the MCP server    ${mcpUrl}, offers the news and tools for it`,
    `  ${vendor.introduction}`,
    '',
    'Three phases: the app finds out who decides, Ada decides, and then every call is held to what she decided.',
    '',
    verbose
      ? 'Lines with > were sent, lines with < came back.'
      : 'Run it with --verbose to see the bodies of requests and answers as well.',
    'Tokens, codes and secrets are cut to six characters.',
  ].join('\n');
}
