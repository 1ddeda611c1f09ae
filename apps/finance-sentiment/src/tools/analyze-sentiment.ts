import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Evidence, evidenceRules, sentimentLabels } from '../sentiment/sentiment.js';
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
  text: z.string().describe('The words, as they stand in the text from start to end.'),
  start: z.int(),
  end: z.int(),
  rule: z
    .enum(evidenceRules)
    .describe('What kind of reason; flat, formal and routine say why a text is neutral.'),
  weight: z.number().describe('1 in the main clause, less where it matters less.'),
  contribution: z
    .number()
    .describe('With weight, negation and intensity. With t their sum, the score is t / √(t² + 2).'),
});

const outputSchema = z.object({
  results: z.array(
    z.object({
      index: z.int().describe('Place in `texts`, from 0.'),
      label: z.enum(sentimentLabels),
      score: z.number().min(-1).max(1),
      confidence: z.number().min(0).max(1),
      lowConfidence: z.boolean().describe('No decision was possible: neutral because of that.'),
      evidence: z.array(evidence).optional(),
    }),
  ),
  engine: z.string().describe('Name and version of what scored the texts.'),
});

/** `"misses main goal" -0.90 (event, weight 0.6)`. */
function reason({ text, rule, weight, contribution }: Evidence): string {
  const added = contribution === 0 ? '' : ` ${signed(contribution)}`;
  return `${quoted(text)}${added} (${rule}${weight === 1 ? '' : `, weight ${weight}`})`;
}

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
        const lines = analyses.map((each, index) => {
          const sure = each.lowConfidence ? 'low confidence' : 'confidence';
          const said = `${each.label} ${signed(each.score)} (${sure} ${each.confidence.toFixed(2)}): ${quoted(texts[index] ?? '')}`;
          const because = each.evidence.map(reason).join(', ');
          if (because !== '') return `${said}, because of ${because}`;
          return explain ? `${said}, without a reason` : said;
        });
        return answer(lines.join('\n'), { results, engine: engine.id });
      }),
  );
}
