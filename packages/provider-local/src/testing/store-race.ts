import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import type { RacerOrder, RacerWins } from './store-racer.js';

/** An empty store that several processes can open. */
export interface SharedStore {
  /**
   * A module whose default export opens the store, `(location: string) => Promise<LocalStore>`. It is loaded by plain Node, in
   * processes of their own.
   */
  readonly opener: URL;
  /** What the opener is called with: the path of a file, a URL. */
  readonly location: string;
}

const PROCESSES = 20;
const ROUNDS = 20;

/** 20 processes open one store at once and start together: each code, refresh token and replay marker goes to exactly one of them. */
export async function raceBetweenProcesses({ opener, location }: SharedStore): Promise<void> {
  // Beside this file, under its own ending: `.ts` here, `.js` once it is built.
  const script = new URL(`./store-racer${extname(import.meta.url)}`, import.meta.url);
  const racers = Array.from({ length: PROCESSES }, () =>
    fork(script, { execArgv: ['--no-warnings'] }),
  );
  const everybody = (order: RacerOrder) =>
    Promise.all(racers.map((racer) => command(racer, order)));
  try {
    await everybody({ do: 'open', opener: opener.href, location });
    await command(racers[0], { do: 'prepare', rounds: ROUNDS });
    const wins = await everybody({ do: 'race', rounds: ROUNDS });
    const winners = (step: keyof RacerWins) =>
      wins.flatMap((won) => won?.[step] ?? []).sort((a, b) => a - b);
    const every = Array.from({ length: ROUNDS }, (_, round) => round);
    assert.deepEqual(
      {
        codes: winners('codes'),
        refreshTokens: winners('refreshTokens'),
        markers: winners('markers'),
        expiredMarkers: winners('expiredMarkers'),
      },
      { codes: every, refreshTokens: every, markers: every, expiredMarkers: every },
    );
    const gone = racers.map((racer) => once(racer, 'exit'));
    for (const racer of racers) racer.send({ do: 'leave' } satisfies RacerOrder);
    await Promise.all(gone);
  } finally {
    for (const racer of racers) racer.kill();
  }
}

/** Sends one order and waits for its answer, or for the end of the process. */
async function command(
  racer: ChildProcess | undefined,
  order: RacerOrder,
): Promise<RacerWins | undefined> {
  assert.ok(racer);
  const answered = new Promise<{ wins?: RacerWins; error?: string }>((resolve, reject) => {
    racer.once('message', resolve);
    racer.once('exit', (code) => reject(new Error(`A racing process ended with code ${code}.`)));
  });
  racer.send(order);
  const { wins, error } = await answered;
  assert.equal(error, undefined);
  return wins;
}
