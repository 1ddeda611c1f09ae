/** A secret in its time. All instances read the same times, so that they change over together without a word. */
export interface RingKey<Material> {
  /** Public: names the key and says nothing about it. */
  readonly id: string;
  /** Seconds since the epoch from which it is the one that signs, until a younger one does. */
  readonly signsFrom: number;
  readonly material: Material;
}

/** What a key may do: `pending` and `retired` ones are published and verify, only the `active` one signs. */
export type KeyState = 'pending' | 'active' | 'retired';

/** The keys of one moment. */
export interface RingView<Material> {
  readonly active: RingKey<Material>;
  /** All that verify: the active one first, then the pending, then the retired. */
  readonly live: readonly RingKey<Material>[];
  /** Seconds since the epoch at which this view is over; `Infinity` where no change is due. */
  readonly until: number;
}

/**
 * Looks at the keys at one moment.
 *
 * @param keys - At least one.
 * @param keptSeconds - How long a key verifies after it has stopped to sign.
 */
export function viewAt<Material>(
  keys: readonly RingKey<Material>[],
  now: number,
  keptSeconds: number,
): RingView<Material> {
  const inTurn = keys.toSorted((left, right) => left.signsFrom - right.signsFrom);
  const started = inTurn.filter(({ signsFrom }) => signsFrom <= now).length;
  // Where another clock is ahead of ours, the first key of all may be yet to start.
  const at = Math.max(0, started - 1);
  const active = inTurn[at];
  if (!active) throw new RangeError('A key ring cannot be empty.');
  const endOf = (index: number) => (inTurn[index + 1]?.signsFrom ?? Infinity) + keptSeconds;
  const pending = inTurn.slice(at + 1);
  const retired = inTurn.slice(0, at).filter((_, index) => endOf(index) > now);
  const ends = inTurn.slice(0, at).map((_, index) => endOf(index));
  const changes = [...inTurn.map(({ signsFrom }) => signsFrom), ...ends];
  return {
    active,
    live: [active, ...pending, ...retired.toReversed()],
    until: Math.min(Infinity, ...changes.filter((change) => change > now)),
  };
}

/**
 * The key that signs next, where it is published already.
 *
 * @param latest - Seconds since the epoch. A key that is to sign later still was made by a clock that was wrong, and is nobody's heir.
 */
export function pendingIn<Material>(
  { active, live }: RingView<Material>,
  latest: number = Infinity,
): RingKey<Material> | undefined {
  return live.find(({ signsFrom }) => signsFrom > active.signsFrom && signsFrom <= latest);
}

/** What a key of a view may do. */
export function stateOf<Material>(
  { active }: RingView<Material>,
  { id, signsFrom }: RingKey<Material>,
): KeyState {
  if (id === active.id) return 'active';
  return signsFrom > active.signsFrom ? 'pending' : 'retired';
}
