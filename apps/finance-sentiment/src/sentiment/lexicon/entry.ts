/** Where a clause ends, and what that means for its weight. */
export type BreakKind = 'sentence' | 'clause' | 'contrast' | 'concession' | 'soft';

/** What the engine knows of a word or phrase. A word may play several parts; the rules are tried in a fixed order. */
export interface Entry {
  /** A quantity of business: 1 where more is good, -1 where more is bad, 0 where more is neither. */
  readonly metric?: number;
  /** A movement: positive is up. 1.5 for strong ones. */
  readonly direction?: number;
  /** Looks to its right for what moves ("cuts guidance"), not to its left ("sales fell"). */
  readonly transitive?: true;
  /** Says better or worse whatever moves: an improved loss is good. */
  readonly quality?: true;
  /** Moves only what a figure measures, or what is held against a benchmark: "12 % less", "above its forecast". */
  readonly comparative?: true;
  /** What results are held against: a forecast, a plan. */
  readonly benchmark?: true;
  /** Means nothing without an object. */
  readonly objectOnly?: true;
  /** Leads from a word of movement to what moves: "a drop in sales". */
  readonly leads?: true;
  /** Leads to where a movement ends: "slipped to a loss". */
  readonly toward?: true;
  /** Makes the figure after it less than zero. */
  readonly minus?: true;
  /** On a result: 1 for profits, -1 for losses, so that one can be compared with the other. */
  readonly result?: 1 | -1;
  /** Good or bad by itself. On a metric: what it counts where nothing moves it. */
  readonly event?: number;
  /** Ends something: good news over a {@link Entry.trouble}. */
  readonly resolves?: true;
  /** Something that one is glad to be rid of. */
  readonly trouble?: true;
  readonly negates?: true;
  /** Factor for what stands next to it. */
  readonly intensity?: number;
  /** Says that nothing moved. */
  readonly flat?: true;
  /** Says that the text is about form (voting rights, share capital), not fortune. */
  readonly formal?: true;
  /** Says that the text is about a plain fact. Weighs nothing. */
  readonly routine?: true;
  readonly break?: BreakKind;
  /** No object is looked for beyond it. */
  readonly barrier?: true;
  /** Stands between two figures that are compared. */
  readonly comparator?: true;
  /** Says that the second figure is what was expected. */
  readonly consensus?: true;
  /** Multiplies the figure before it. */
  readonly scale?: number;
  /** Makes the figure before it a share, in hundredths or basis points. */
  readonly percent?: true;
  /** Makes the figure after it money. */
  readonly currency?: true;
}
