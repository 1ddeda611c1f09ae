import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Services } from '../services.js';
import { answer, answering, quoted, signed } from './answer.js';

const inputSchema = z.strictObject({
  texts: z
    .array(z.string().min(1).max(10_000))
    .min(1)
    .max(50)
    .describe('1 to 50 headlines or short passages, each scored on its own.'),
  explain: z
    .boolean()
    .default(false)
    .describe('Also say which words made the score, with their place in the text.'),
});

const evidence = z.object({
  text: z.string(),
  start: z.int(),
  end: z.int(),
  rule: z.string(),
  contribution: z.number(),
});

const outputSchema = z.object({
  results: z.array(
    z.object({
      index: z.int().describe('Place in `texts`, from 0.'),
      label: z.enum(sentimentLabels),
      score: z.number().min(-1).max(1),
      confidence: z.number().min(0).max(1),
      lowConfidence: z.boolean().describe('Too little was understood to lean either way.'),
      evidence: z.array(evidence).optional(),
    }),
  ),
  engine: z.string().describe('Name and version of what scored the texts.'),
});

/** Scores text that the caller brings, on this machine: nothing is stored or sent. */
export function registerAnalyzeSentiment(server: McpServer, { engine }: Services): void {
  server.registerTool(
    'analyze_sentiment',
    {
      title: 'Analyze sentiment',
      description:
        'Scores financial headlines or short passages from -1 (bad news) to 1 (good news) with an engine for financial news that runs on this server.',
      inputSchema,
      outputSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ texts, explain }) =>
      answering('analyze_sentiment', async () => {
        const analyses = await engine.score(texts, { explain });
        const results = analyses.map(
          ({ label, score, confidence, lowConfidence, ...rest }, index) => ({
            index,
            label,
            score,
            confidence,
            lowConfidence,
            ...(explain ? { evidence: rest.evidence } : {}),
          }),
        );
        const lines = analyses.map(({ label, score, confidence, evidence: reasons }, index) => {
          const said = `${label} ${signed(score)} (confidence ${confidence.toFixed(2)}): ${quoted(texts[index] ?? '')}`;
          const because = reasons.map(
            ({ text, contribution }) => `${quoted(text)} ${signed(contribution)}`,
          );
          return because.length > 0 ? `${said}, because of ${because.join(', ')}` : said;
        });
        return answer(lines.join('\n'), { results, engine: engine.id });
      }),
  );
}
