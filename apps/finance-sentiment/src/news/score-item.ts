import type { EngineVerdict, SentimentEngine } from '../sentiment/engine.js';
import { scoreByRules } from '../sentiment/rules-engine.js';
import type { ItemSentiment, NewsItem } from './news-item.js';

type Words = Pick<NewsItem, 'title' | 'summary'>;

/** Title and summary as two sentences: the title weighs more. */
export function wordsOf({ title, summary }: Words): string {
  return summary === '' ? title : `${title}\n${summary}`;
}

function toSentiment(verdict: EngineVerdict): ItemSentiment {
  const { label, score, confidence, lowConfidence, engine } = verdict;
  return { label, score, confidence, lowConfidence, engine };
}

/** Scores an item by our rules, at once. */
export function scoreItem(item: Words): ItemSentiment {
  return toSentiment(scoreByRules(wordsOf(item)));
}

/** Scores items by an engine. @throws what the engine throws. */
export async function scoreItems<Item extends Words>(
  engine: SentimentEngine,
  items: readonly Item[],
): Promise<readonly (Item & { readonly sentiment: ItemSentiment })[]> {
  const verdicts = await engine.score(items.map(wordsOf));
  return items.map((item, index) => {
    const verdict = verdicts[index];
    if (!verdict) throw new Error(`The engine ${engine.id} left out a text.`);
    return { ...item, sentiment: toSentiment(verdict) };
  });
}
