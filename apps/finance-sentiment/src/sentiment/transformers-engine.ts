import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline as pump } from 'node:stream/promises';
import { ConfigurationError } from '@portcullis/core';
import { z } from 'zod';
import type { EngineVerdict, SentimentEngine } from './engine.js';
import { parseLabel } from './label.js';
import { type SentimentLabel, sentimentLabels } from './sentiment.js';
import { rounded } from './verdict.js';

/** Where the weights are, and how to load them. */
export interface TransformersOptions {
  /** Folder with `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model.onnx` or `onnx/model_quantized.onnx`. */
  readonly modelDir: string;
  /** Gives the library. Default: imports {@link PACKAGE}, which the reader installs. */
  readonly load?: () => Promise<unknown>;
}

// Not a literal in `import()`: it is no dependency, and neither compiler nor bundler may look for it.
const PACKAGE: string = '@huggingface/transformers';
const INSTALL = `Install it beside this server: ONNXRUNTIME_NODE_INSTALL=skip npm install ${PACKAGE}@4`;
const NEEDED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
/** The first that is there is used. */
const WEIGHTS = [
  { file: 'onnx/model.onnx', dtype: 'fp32' },
  { file: 'onnx/model_quantized.onnx', dtype: 'q8' },
] as const;
/** Texts that the model reads at once, and characters of each: memory grows with both. */
const BATCH = 16;
const MAX_TEXT = 2000;
/** Below this probability the best label is a guess. */
const SURE = 0.5;

type Classifier = (texts: readonly string[], options: { readonly top_k: null }) => Promise<unknown>;

/** What is used of the library. */
interface Library {
  readonly env: { allowRemoteModels: boolean; fetch: () => Promise<never> };
  pipeline(
    task: 'text-classification',
    model: string,
    options: { readonly local_files_only: true; readonly dtype: 'fp32' | 'q8' },
  ): Promise<Classifier>;
}

const answers = z.array(
  z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })).max(100),
);

type Probabilities = Readonly<Record<SentimentLabel, number>>;

/** One probability for each of our labels. @throws {Error} where the model has others. */
function probabilities(answer: z.infer<typeof answers>[number]): Probabilities {
  const of = new Map(answer.map(({ label, score }) => [parseLabel(label), score]));
  const [positive, negative, neutral] = sentimentLabels.map((label) => of.get(label));
  if (
    answer.length !== sentimentLabels.length ||
    positive === undefined ||
    negative === undefined ||
    neutral === undefined
  ) {
    const labels = answer.map(({ label }) => JSON.stringify(label)).join(', ');
    throw new Error(`Its labels are ${labels || 'none'}.`);
  }
  return { positive, negative, neutral };
}

function verdictOf(of: Probabilities, engine: string): EngineVerdict {
  const best = sentimentLabels.reduce((a, b) => (of[b] > of[a] ? b : a));
  const lowConfidence = of[best] < SURE;
  return {
    label: lowConfidence ? 'neutral' : best,
    score: rounded(of.positive - of.negative),
    confidence: rounded(of[best]),
    lowConfidence,
    evidence: [],
    engine,
  };
}

function isLibrary(value: unknown): value is Library {
  if (typeof value !== 'object' || value === null) return false;
  const { env, pipeline } = value as Readonly<Record<string, unknown>>;
  return typeof env === 'object' && env !== null && typeof pipeline === 'function';
}

/** Characters of somebody else's error that are repeated. */
const MAX_SAID = 200;

/** What an error says, as one short sentence. */
function saying(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  const short = line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line;
  return /[.…]$/.test(short) ? short : `${short}.`;
}

function isMissing(error: unknown): boolean {
  const isUnfound =
    error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isUnfound && error.message.includes(`'${PACKAGE}'`);
}

/** The library with its network switched off, or what keeps it from being used. */
async function library(load: () => Promise<unknown>): Promise<Library | string> {
  try {
    const loaded = await load();
    if (!isLibrary(loaded)) return `is "transformers", but ${PACKAGE} has no pipeline.`;
    loaded.env.allowRemoteModels = false;
    loaded.env.fetch = () => Promise.reject(new Error('Models are read from MODEL_DIR alone.'));
    return loaded;
  } catch (error) {
    if (isMissing(error)) return `is "transformers", but ${PACKAGE} is not installed.`;
    return `is "transformers", but ${PACKAGE} cannot be loaded: ${saying(error)}`;
  }
}

async function fingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pump(createReadStream(file), hash);
  return hash.digest('hex').slice(0, 12);
}

function modelProblem(problem: string): ConfigurationError {
  const remedy =
    'Point it at the ONNX export of a text classifier such as FinBERT, with positive, negative and neutral in "id2label" of its config.json.';
  return new ConfigurationError([{ option: 'MODEL_DIR', problem, remedy }]);
}

/**
 * An engine that asks a local text classifier, run by `@huggingface/transformers` 4.x. Never uses the network.
 *
 * Reads the first 2,000 characters of a text. Gives no evidence. What the model is less than half sure of is neutral, with
 * `lowConfidence`. Does NOT look at what the weights were trained for.
 *
 * @throws {ConfigurationError} naming the package, the files or the labels that are missing.
 */
export async function transformersEngine(options: TransformersOptions): Promise<SentimentEngine> {
  const { load = () => import(PACKAGE) } = options;
  // The library takes a path that is not absolute for the name of a model on its hub.
  const modelDir = resolve(options.modelDir);
  const weights = WEIGHTS.find(({ file }) => existsSync(join(modelDir, file)));
  const missing = NEEDED.filter((file) => !existsSync(join(modelDir, file)));
  const found = await library(load);
  const files = weights ? missing : [...missing, WEIGHTS[0].file];
  const problems = [
    ...(typeof found === 'string'
      ? [{ option: 'SENTIMENT_ENGINE', problem: found, remedy: `${INSTALL}.` }]
      : []),
    ...(files.length > 0
      ? modelProblem(`"${modelDir}" has no ${files.join(', no ')}.`).problems
      : []),
  ];
  if (problems.length > 0 || typeof found === 'string' || !weights) {
    throw new ConfigurationError(problems);
  }
  const { dtype } = weights;
  const [print, classify] = await Promise.all([
    fingerprint(join(modelDir, weights.file)),
    found.pipeline('text-classification', modelDir, { local_files_only: true, dtype }),
  ]).catch((error: unknown) => {
    throw modelProblem(`"${modelDir}" cannot be loaded: ${saying(error)}`);
  });
  const id = `transformers/${print}`;

  async function ask(texts: readonly string[]): Promise<readonly EngineVerdict[]> {
    const short = texts.map((text) => text.slice(0, MAX_TEXT));
    const read = answers.safeParse(await classify(short, { top_k: null }));
    if (!read.success || read.data.length !== texts.length) {
      throw new Error('It does not answer each text with a probability for each label.');
    }
    return read.data.map((answer) => verdictOf(probabilities(answer), id));
  }

  // One batch at a time, whoever asks: the runtime uses all cores for it, and each batch takes memory.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = (texts: readonly string[]) => {
    const answer = queue.then(() => ask(texts));
    queue = answer.catch(() => undefined);
    return answer;
  };
  await inTurn(['Profit rose.']).catch((error: unknown) => {
    throw modelProblem(`"${modelDir}" is of no use here. ${saying(error)}`);
  });
  return {
    id,
    async score(texts) {
      const verdicts: EngineVerdict[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        verdicts.push(...(await inTurn(texts.slice(at, at + BATCH))));
      }
      return verdicts;
    },
  };
}
