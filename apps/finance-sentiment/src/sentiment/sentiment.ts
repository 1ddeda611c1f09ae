/** What a text says about the fortunes of whoever it is about. */
export type SentimentLabel = 'positive' | 'negative' | 'neutral';

/** The three labels, in the order of every table we print. */
export const sentimentLabels: readonly SentimentLabel[] = ['positive', 'negative', 'neutral'];

/** Which rule a piece of evidence comes from. */
export type EvidenceRule =
  | 'phrase'
  | 'flat'
  | 'metric-direction'
  | 'direction'
  | 'event'
  | 'resolution'
  | 'numbers';

/** One reason for a score: a span of the text as it was given, and what it added. */
export interface Evidence {
  /** The span itself: `text.slice(start, end)` of what was analysed. */
  readonly text: string;
  /** UTF-16 offset of the first character. */
  readonly start: number;
  /** UTF-16 offset after the last character. */
  readonly end: number;
  readonly rule: EvidenceRule;
  /** What it added to the raw total before squashing, after negation and intensity. Rounded to three decimals. */
  readonly contribution: number;
}

/** The answer of {@link analyze}. */
export interface SentimentAnalysis {
  readonly label: SentimentLabel;
  /** -1 (bad news) to 1 (good news). Rounded to three decimals. */
  readonly score: number;
  /** 0 to 1: how far from undecided, times how much of the text was understood. Rounded to three decimals. */
  readonly confidence: number;
  /** The engine leaned one way but did not understand enough to say so; the label is then `neutral`. */
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
