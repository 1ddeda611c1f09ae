import { z } from 'zod';
import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Report } from './workflow.js';

const label = z.enum(sentimentLabels);
const counts = z.object({ positive: z.number(), negative: z.number(), neutral: z.number() });
const aggregate = {
  n: z.number().int().min(0),
  mean: z.number().nullable(),
  spread: z.number().nullable(),
  counts,
  fewItems: z.boolean(),
};

const quoted = z.object({
  id: z.string(),
  publishedAt: z.string(),
  tickers: z.array(z.string()),
  source: z.string(),
  title: z.string(),
  label,
  score: z.number(),
});

const comparison = z.object({
  from: z.string(),
  to: z.string(),
  standings: z.array(
    z.object({
      ticker: z.string(),
      name: z.string().optional(),
      ...aggregate,
      days: z.array(z.object({ date: z.string(), published: z.number().int(), ...aggregate })),
    }),
  ),
});

const head = {
  id: z.string().min(1),
  createdAt: z.iso.datetime(),
  owner: z.string(),
  summary: z.string(),
};

/** What a report read back from a file must fit. */
export const reportSchema: z.ZodType<Report> = z.discriminatedUnion('kind', [
  z.object({
    ...head,
    kind: z.literal('daily-digest'),
    date: z.string(),
    total: z.number().int(),
    counts,
    best: z.array(quoted),
    worst: z.array(quoted),
    comparison,
  }),
  z.object({
    ...head,
    kind: z.literal('portfolio-report'),
    watchlist: z.string().optional(),
    comparison,
    drivers: z.record(z.string(), z.array(quoted)),
  }),
  z.object({
    ...head,
    kind: z.literal('backfill-scores'),
    // Reports of before there was a choice do not say.
    engine: z.string().default('unknown'),
    examined: z.number().int(),
    rescored: z.number().int(),
    changed: z.array(z.object({ id: z.string(), before: label, after: label })),
    agreement: z.object({ n: z.number().int(), correct: z.number().int() }),
  }),
]);
