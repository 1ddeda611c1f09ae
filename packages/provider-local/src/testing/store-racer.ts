// One process of a race between processes, run by itself: opens the store, then does what it is told. Imports nothing of ours.

/** What a racer is told. */
export type RacerOrder =
  | { readonly do: 'open'; readonly opener: string; readonly location: string }
  | { readonly do: 'prepare' | 'race'; readonly rounds: number }
  | { readonly do: 'leave' };

/** The rounds that a racer won, by step. */
export type RacerWins = Readonly<
  Record<'codes' | 'refreshTokens' | 'markers' | 'expiredMarkers', readonly number[]>
>;

/** The steps of a store that a race needs. */
interface RacedStore {
  write(kind: string, id: string, payload: object, options: object): Promise<void>;
  consume(kind: string, id: string, now: number): Promise<boolean>;
  insertIfAbsent(kind: string, id: string, expiresAt: number): Promise<boolean>;
  close(): Promise<void>;
}

let store: RacedStore;

async function prepare(rounds: number): Promise<void> {
  const now = Date.now() / 1000;
  for (let round = 0; round < rounds; round += 1) {
    const options = { expiresAt: now + 300, grantId: `grant-${round}` };
    await store.write('AuthorizationCode', `code-${round}`, {}, options);
    await store.write('RefreshToken', `refresh-${round}`, {}, options);
    await store.insertIfAbsent('ReplayDetection', `expired-${round}`, now - 1);
  }
}

async function race(rounds: number): Promise<RacerWins> {
  const wins = { codes: [], refreshTokens: [], markers: [], expiredMarkers: [] } as Record<
    keyof RacerWins,
    number[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    const now = Date.now() / 1000;
    const steps: Record<keyof RacerWins, () => Promise<boolean>> = {
      codes: () => store.consume('AuthorizationCode', `code-${round}`, now),
      refreshTokens: () => store.consume('RefreshToken', `refresh-${round}`, now),
      markers: () => store.insertIfAbsent('ReplayDetection', `assertion-${round}`, now + 300),
      expiredMarkers: () => store.insertIfAbsent('ReplayDetection', `expired-${round}`, now + 300),
    };
    for (const [step, take] of Object.entries(steps)) {
      if (await take()) wins[step as keyof RacerWins].push(round);
    }
  }
  return wins;
}

async function obey(order: RacerOrder): Promise<unknown> {
  if (order.do === 'open') {
    const { default: open } = await import(order.opener);
    store = await open(order.location);
  } else if (order.do === 'prepare') await prepare(order.rounds);
  else if (order.do === 'race') return race(order.rounds);
  else {
    await store.close();
    process.disconnect();
  }
  return undefined;
}

process.on('message', (order: RacerOrder) => {
  obey(order).then(
    (wins) => process.connected && process.send?.({ wins }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
