/** What a text says about the fortunes of whoever it is about. */
export type SentimentLabel = 'positive' | 'negative' | 'neutral';

/** The three labels, in the order of every table we print. */
export const sentimentLabels: readonly SentimentLabel[] = ['positive', 'negative', 'neutral'];

/** Which rule a piece of evidence comes from. */
export const evidenceRules = [
  /** Something of which more is good or bad, and where it goes: "Debt falls". */
  'metric-direction',
  /** Up or down, and nothing is known to move: "Brindle jumps". */
  'direction',
  /** Good or bad by itself: "recalls". */
  'event',
  /** The end of a trouble: "drops antitrust probe". */
  'resolution',
  /** Two figures compared, or a premium. */
  'numbers',
  /** Nothing moved: "in line with expectations". Adds nothing, and takes weight from what stands beside it. */
  'flat',
  /** About form, not fortune: "voting rights". Adds nothing, and takes weight as well. */
  'formal',
  /** A plain fact: "appoints", "headquarters". Adds nothing. */
  'routine',
] as const;

/** One of {@link evidenceRules}. */
export type EvidenceRule = (typeof evidenceRules)[number];

/** One reason for a score: a span of the text as it was given, with the words that turn it round or strengthen it, and what it added. */
export interface Evidence {
  /** The span itself: `text.slice(start, end)` of what was analysed. */
  readonly text: string;
  /** UTF-16 offset of the first character. */
  readonly start: number;
  /** UTF-16 offset after the last character. */
  readonly end: number;
  readonly rule: EvidenceRule;
  /** 1 in the main clause; less elsewhere, in questions, and beside what is flat or formal. Rounded to three decimals. */
  readonly weight: number;
  /** What it added to the raw total before squashing, after negation, intensity and weight. Rounded to three decimals. */
  readonly contribution: number;
}

/** The answer of {@link analyze}. */
export interface SentimentAnalysis {
  readonly label: SentimentLabel;
  /** -1 (bad news) to 1 (good news). Rounded to three decimals. */
  readonly score: number;
  /** 0 to 1: how far from undecided, times how much of the text was understood. Rounded to three decimals. */
  readonly confidence: number;
  /** Nothing decided, either way: the engine leaned too little, or knew no word that matters. The label is then `neutral`. */
  readonly lowConfidence: boolean;
  /** In the order of the text. Empty unless `explain` was asked for. */
  readonly evidence: readonly Evidence[];
  /** Changes whenever the same text may get another score. */
  readonly rulesVersion: string;
}

/** How to analyse. */
export interface AnalyzeOptions {
  /** Whether to fill `evidence`. Default false. */
  readonly explain?: boolean;
}
