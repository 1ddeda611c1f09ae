import { styleText } from 'node:util';
import { access } from './access.js';
import { authorization } from './authorization.js';
import { createConcealer } from './conceal.js';
import { discovery } from './discovery.js';
import { createPerson } from './person.js';
import { createTour, Surprise } from './tour.js';
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
  const world = await createWorld((url) => tour.line(`the authorization server reads ${url}`));
  concealer.learn(world.person.password);
  const fetch = visibleFetch(tour, concealer, world.origin);
  const person = createPerson(world.person, fetch);
  const scene = { tour, world, fetch, person };
  try {
    tour.line(`The app and its issuer run at ${world.origin}, until the tour ends.`);
    await discovery(scene);
    const app = await authorization(scene);
    await access(scene, app, since);
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    tour.line(
      `\n${tour.counts.steps} steps, ${tour.counts.checks} checks, ${seconds} s: all as announced.`,
    );
    return 0;
  } catch (error) {
    print(concealer.conceal(surprise(error)));
    return 1;
  } finally {
    await world.close();
  }
}

function surprise(error: unknown): string {
  const cross = styleText('red', '✗');
  if (error instanceof Surprise) {
    return `     ${cross} ${error.message}\n       expected: ${error.expected}\n       seen:     ${error.seen}`;
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `     ${cross} the step did not come to its end\n       ${told}`;
}
