/** A family of words of movement. */
export interface DirectionList {
  readonly value: number;
  readonly transitive?: true;
  readonly quality?: true;
  /** Counts only after a figure: "12 % less", "40 basis points above". */
  readonly comparative?: true;
  /** Means nothing without an object: "closes 40 stores", but "closed at 12.40". */
  readonly objectOnly?: true;
  /** What it counts where nothing is known to move. */
  readonly event?: number;
  /** Regular verbs by their base form. */
  readonly verbs?: string;
  /** Any other words, as they are; phrases with commas between them. */
  readonly forms?: string;
}

/** Words of movement, by strength and by where they look for what moves. */
export const directions: readonly DirectionList[] = [
  {
    value: 1,
    verbs:
      'climb jump gain advance mount swell triple quadruple tick inch edge appreciate snowball balloon widen deepen accelerate multiply',
    forms: `rise, rises, rose, risen, grow, grows, grew, grown, growing, rising, increase, increases, swollen, higher than, up, uptick, upturn, upswing, upward, higher, growth of, pick up, picks up, picked up,
picking up, pickup, go up, goes up, went up, gone up, ticks up, ticked up, edges up, edged up, inches up, inched up, tick up, edge up, edges higher, edged higher, climbs to, moved up, on the rise, trending up, pushed up, bounced, bounces, bounce, hit a high, doubles, doubled, doubling, tripled, more than doubled`,
  },
  {
    value: 1.5,
    verbs: 'surge soar skyrocket rally rocket spike explode leap vault zoom',
    forms:
      'leapt, shoots up, shot up, boom, booms, booming, boomed, jumped sharply, rallied, rallies, rallying',
  },
  {
    value: 1,
    transitive: true,
    verbs: 'raise lift boost hike expand upsize enhance bolster augment buoy drive double elevate',
    forms:
      'increased, increasing, drove, driven, bigger, larger, wider, greater, driving, fuels, fuelled, fueled',
  },
  {
    value: 1,
    quality: true,
    verbs: 'improve strengthen recover brighten stabilise stabilize rebound heal',
    forms:
      'improvement, improvements, improving, better, turnaround, recovery, rebounds, rebounded',
  },
  {
    value: -1,
    verbs:
      'decline decrease slip dip ease cool slide soften diminish recede abate moderate retreat dwindle wane fade drop lag subside slow narrow taper skid sag stall erode evaporate backslide',
    forms: `fall, falls, fell, fallen, falling, lower than, shrink, shrinks, shrank, shrunk, shrinking, slid, sliding, down, downturn, downward, downswing, fewer, smaller, contracted, contracting, economy contracts, economy will contract, economy to contract,
drops off, tails off, drying up, dry up, dries up, dried up, go down, goes down, went down, gone down, pullback, slowdown, slow down, slows down, slowed down, slowing down, contraction, downtick, edges down, edged down, edges lower, edged lower, ticks down, ticked down, inched down,
off by, came down, comes down, come down, slump in, dropoff, drop off, on the decline, trending down, melted away, melts away, lost ground, loses ground`,
  },
  {
    value: -1.5,
    verbs:
      'plunge plummet tumble crash slump collapse tank crater nosedive crumble dive evaporate implode',
    forms:
      'sink, sinks, sank, sunk, sinking, dove, plunging, nose dive, nosedives, freefall, free fall, slumping',
  },
  {
    value: -1,
    transitive: true,
    verbs:
      'lower trim reduce slash curb shrink downsize shave decelerate shed chop pare curtail dent erode depress weigh squeeze crimp prune',
    forms:
      'narrower, thinner, cut, cuts, cutting, reduction, reductions, scale back, scales back, scaled back, scaling back, scale down, scales down, scaled down, pared, cutback, cutbacks, weighed on, weighs on, weighing on, weigh on, ate into, eats into, eating into, cuts back, cut back, cut backs, brings down, brought down, bring down, drags down, dragged down, hurt, hurts, hurting, reined in, reins in, rein in, wipe out, wiped out',
  },
  {
    value: -1,
    quality: true,
    verbs: 'worsen deteriorate suffer weaken falter stagnate',
    forms: 'deterioration, worse, weaker, weakness, weakening, weakest, weak',
  },
  { value: 1, transitive: true, forms: 'high, highs, highest, highest level' },
  { value: -1, transitive: true, forms: 'low, lows, lowest, lowest level' },
  {
    value: 1,
    transitive: true,
    event: 1.5,
    forms:
      'record high, record highs, all time high, all time highs, new high, year high, month high, week high, multi year high, high since, highest since, highest ever, strongest since',
  },
  {
    value: -1,
    transitive: true,
    event: -1.5,
    forms:
      'record low, record lows, all time low, all time lows, new low, year low, month low, week low, multi year low, low since, lowest since, lowest ever, weakest since',
  },
  { value: -1, transitive: true, event: -1.5, verbs: 'halve', forms: 'cut in half, cuts in half' },
  { value: 1, transitive: true, objectOnly: true, verbs: 'add create attract' },
  {
    value: -1,
    transitive: true,
    objectOnly: true,
    verbs: 'close shut shutter',
    forms: 'shuts, shutting',
  },
  {
    value: 1,
    comparative: true,
    forms:
      'more, more than, more than a year ago, more than a year earlier, above, over, larger than, bigger than, greater than, ahead of',
  },
  {
    value: -1,
    comparative: true,
    forms:
      'less, less than, less than a year ago, less than a year earlier, below, under, short of, smaller than, fewer than, behind, shy of',
  },
];
