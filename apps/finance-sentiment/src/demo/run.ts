import { styleText } from 'node:util';
import { access } from './access.js';
import { authorization } from './authorization.js';
import { createConcealer } from './conceal.js';
import { discovery } from './discovery.js';
import { createPerson } from './person.js';
import { describeSurprise } from './surprise.js';
import { createTour } from './tour.js';
import { visibleFetch } from './visible-fetch.js';
import { createWorld } from './world.js';

/** How the tour runs. */
export interface RunOptions {
  /** Also show the bodies. Default false. */
  readonly verbose?: boolean;
  /** Takes one line. Default: standard output. */
  readonly print?: (line: string) => void;
}

/**
 * Walks the whole of MCP authorization against real servers, and checks every step.
 *
 * @returns The exit status: 0, or 1 at the first surprise.
 */
export async function run(options: RunOptions = {}): Promise<0 | 1> {
  const { verbose = false, print = console.log } = options;
  const since = Date.now();
  const concealer = createConcealer();
  const tour = createTour({ verbose, print }, concealer);
  const world = await createWorld((url) => tour.line(`(the issuer fetches ${url})`));
  concealer.learn(world.person.password);
  let last = { status: 0, headers: new Headers() };
  const fetch = visibleFetch(tour, concealer, world.origin, (answer) => {
    last = answer;
  });
  const person = createPerson(world.person, fetch);
  const scene = { tour, world, fetch, last: () => last, concealer, person };
  try {
    introduce(print, world.origin, verbose);
    await discovery(scene);
    const app = await authorization(scene);
    await access(scene, app, since);
    const { steps, checks } = tour.counts;
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    print('');
    print(styleText('bold', `${steps} steps, ${checks} checks, ${seconds} s: all as announced.`));
    return 0;
  } catch (error) {
    for (const line of concealer.conceal(describeSurprise(error)).split('\n')) print(line);
    return 1;
  } finally {
    await world.close();
  }
}

function introduce(print: (line: string) => void, origin: string, verbose: boolean): void {
  print(styleText('bold', 'A tour of MCP authorization, on real servers'));
  print('');
  print(`  Ada               keeps financial news in an MCP server`);
  print(`  Morning Briefing  an app that wants to use it on her behalf`);
  print('  a nightly job     runs without anybody watching');
  print(`  the MCP server    ${origin}/mcp, until the tour ends`);
  print(`  the issuer        ${origin}, asks Ada and makes the tokens`);
  print('');
  print(
    verbose
      ? 'Lines with > were sent, lines with < came back.'
      : 'Run it with --verbose to see the bodies of requests and answers as well.',
  );
  print('Tokens, codes and secrets are cut to six characters.');
}
