import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@portcullis/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transformersEngine } from './transformers-engine.js';

let modelDir: string;
beforeEach(() => {
  modelDir = mkdtempSync(join(tmpdir(), 'model-'));
});
afterEach(() => rmSync(modelDir, { recursive: true }));

function putModel(weights = 'onnx/model.onnx') {
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', weights]) {
    mkdirSync(dirname(join(modelDir, file)), { recursive: true });
    writeFileSync(join(modelDir, file), file);
  }
}

const row = (positive: number, negative: number, neutral: number) => [
  { label: 'positive', score: positive },
  { label: 'negative', score: negative },
  { label: 'neutral', score: neutral },
];

/** In place of the package, which is no dependency: the part of its interface that is used, and what was asked of it. */
function stub(answer: (text: string) => unknown) {
  const batches: (readonly string[])[] = [];
  const asked: unknown[] = [];
  let running = 0;
  const classify = async (texts: readonly string[], options: unknown) => {
    running += 1;
    expect(running).toBe(1);
    expect(options).toEqual({ top_k: null });
    batches.push(texts);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return texts.map(answer);
  };
  const env = { allowRemoteModels: true, fetch: () => Promise.resolve('from the network') };
  const pipeline = async (...given: unknown[]) => {
    asked.push(...given);
    return classify;
  };
  return { env, batches, asked, load: async () => ({ env, pipeline }) };
}

const problemsOf = async (load?: () => Promise<unknown>) => {
  const error = await transformersEngine({ modelDir, load }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw error;
  return error.problems;
};

const REMEDY =
  'Point it at the ONNX export of a text classifier such as FinBERT, with positive, negative and neutral in "id2label" of its config.json.';

describe('transformersEngine', () => {
  it('turns probabilities into verdicts, without evidence', async () => {
    putModel();
    const answers: Record<string, unknown> = {
      good: row(0.9, 0.06, 0.04),
      bad: [...row(0.1, 0.7, 0.2)].reverse(),
      dull: row(0.1, 0.1, 0.8),
    };
    const { load } = stub((text) => answers[text] ?? row(1, 0, 0));
    const engine = await transformersEngine({ modelDir, load });
    // The first 12 digits of the SHA-256 of "onnx/model.onnx", which is all that the weights here hold.
    expect(engine.id).toBe('transformers/2dcea1b02a54');
    const rest = { lowConfidence: false, evidence: [], engine: engine.id };
    expect(await engine.score(['bad', 'good', 'dull'], { explain: true })).toEqual([
      { label: 'negative', score: -0.6, confidence: 0.7, ...rest },
      { label: 'positive', score: 0.84, confidence: 0.9, ...rest },
      { label: 'neutral', score: 0, confidence: 0.8, ...rest },
    ]);
    expect(await engine.score([])).toEqual([]);
  });

  it('is neutral, and says that it is a guess, below one half', async () => {
    putModel();
    const { load } = stub((text) => (text === 'half' ? row(0.5, 0.3, 0.2) : row(0.49, 0.31, 0.2)));
    const engine = await transformersEngine({ modelDir, load });
    expect(await engine.score(['half', 'less'])).toMatchObject([
      { label: 'positive', lowConfidence: false, confidence: 0.5 },
      { label: 'neutral', lowConfidence: true, confidence: 0.49, score: 0.18 },
    ]);
  });

  it.each([[['Positive', 'Negative', 'Neutral']], [['pos', 'neg', 'neu']]])(
    'knows the labels %j',
    async ([good, bad, neither]) => {
      putModel();
      const { load } = stub(() => [
        { label: neither, score: 0.1 },
        { label: bad, score: 0.8 },
        { label: good, score: 0.1 },
      ]);
      const engine = await transformersEngine({ modelDir, load });
      expect(await engine.score(['x'])).toMatchObject([{ label: 'negative', score: -0.7 }]);
    },
  );

  it('reads local files alone, whole weights before quantised ones, and has no network', async () => {
    putModel('onnx/model_quantized.onnx');
    const quantised = stub(() => row(1, 0, 0));
    await transformersEngine({ modelDir, load: quantised.load });
    putModel();
    const whole = stub(() => row(1, 0, 0));
    await transformersEngine({ modelDir, load: whole.load });
    expect([quantised.asked, whole.asked]).toEqual([
      ['text-classification', modelDir, { local_files_only: true, dtype: 'q8' }],
      ['text-classification', modelDir, { local_files_only: true, dtype: 'fp32' }],
    ]);
    expect(whole.env.allowRemoteModels).toBe(false);
    await expect(whole.env.fetch()).rejects.toThrow('Models are read from MODEL_DIR alone.');
  });

  it('asks for 16 texts of 2,000 characters at a time, one batch after the other', async () => {
    putModel();
    const { load, batches } = stub(() => row(0, 1, 0));
    const engine = await transformersEngine({ modelDir, load });
    const [many, few] = await Promise.all([
      engine.score(Array.from({ length: 33 }, (_, index) => `${index}${'x'.repeat(3000)}`)),
      engine.score(['y']),
    ]);
    expect([many.length, few.length]).toEqual([33, 1]);
    expect(batches.slice(1).map((batch) => batch.length)).toEqual([16, 1, 16, 1]);
    expect(batches.flat().every((text) => text.length <= 2000)).toBe(true);
  });

  it.each([
    ['no list', {}],
    ['too few', []],
    ['another shape', [[{ label: 'positive' }]]],
    ['a probability above one', [row(1.1, 0, 0)]],
    ['no number', [row(Number.NaN, 0, 1)]],
    ['two labels', [row(1, 0, 0).slice(1)]],
    ['another label', [[...row(1, 0, 0).slice(1), { label: 'joy', score: 1 }]]],
    ['a label twice', [[...row(1, 0, 0), { label: 'positive', score: 1 }]]],
  ])(
    'throws rather than guess where the model answers with %s, and goes on',
    async (_what, odd) => {
      putModel();
      let answer: unknown = [row(1, 0, 0)];
      const load = async () => ({ env: {}, pipeline: async () => async () => answer });
      const engine = await transformersEngine({ modelDir, load });
      answer = odd;
      await expect(engine.score(['x'])).rejects.toThrow(/^It does not answer|^Its labels are /);
      answer = [row(1, 0, 0)];
      await expect(engine.score(['x'])).resolves.toMatchObject([{ label: 'positive' }]);
    },
  );
});

describe('transformersEngine refuses to start', () => {
  it('without the package and without the files, and says so of both at once', async () => {
    expect(await problemsOf()).toEqual([
      {
        option: 'SENTIMENT_ENGINE',
        problem: 'is "transformers", but @huggingface/transformers is not installed.',
        remedy:
          'Install it beside this server: ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers@4.',
      },
      {
        option: 'MODEL_DIR',
        problem: `"${modelDir}" has no config.json, no tokenizer.json, no tokenizer_config.json, no onnx/model.onnx.`,
        remedy: REMEDY,
      },
    ]);
  });

  it('with a package that is something else', async () => {
    putModel();
    const problem = 'is "transformers", but @huggingface/transformers has no pipeline.';
    expect(await problemsOf(async () => ({ env: {} }))).toMatchObject([{ problem }]);
    expect(await problemsOf(async () => undefined)).toMatchObject([{ problem }]);
    const broken = () => Promise.reject(new Error('libonnxruntime.so.1: no such file\nor so'));
    expect(await problemsOf(broken)).toMatchObject([
      {
        problem:
          'is "transformers", but @huggingface/transformers cannot be loaded: libonnxruntime.so.1: no such file.',
      },
    ]);
  });

  it('with a model that cannot be loaded', async () => {
    putModel();
    const pipeline = () => Promise.reject(new Error('Protobuf parsing failed.\nat line 2'));
    expect(await problemsOf(async () => ({ env: {}, pipeline }))).toEqual([
      {
        option: 'MODEL_DIR',
        problem: `"${modelDir}" cannot be loaded: Protobuf parsing failed.`,
        remedy: REMEDY,
      },
    ]);
  });

  it('with weights that cannot be read', async () => {
    putModel();
    rmSync(join(modelDir, 'onnx/model.onnx'));
    mkdirSync(join(modelDir, 'onnx/model.onnx'));
    const { load } = stub(() => row(1, 0, 0));
    expect(await problemsOf(load)).toMatchObject([
      {
        problem: `"${modelDir}" cannot be loaded: EISDIR: illegal operation on a directory, read.`,
      },
    ]);
  });

  it('and repeats little of what it is told', async () => {
    putModel();
    const pipeline = () => Promise.reject(new Error('x'.repeat(10_000)));
    expect(await problemsOf(async () => ({ env: {}, pipeline }))).toMatchObject([
      { problem: `"${modelDir}" cannot be loaded: ${'x'.repeat(200)}…` },
    ]);
  });

  it('with labels that mean something else', async () => {
    putModel();
    const { load } = stub(() => [{ label: 'LABEL_0', score: 1 }]);
    expect(await problemsOf(load)).toEqual([
      {
        option: 'MODEL_DIR',
        problem: `"${modelDir}" is of no use here. Its labels are "LABEL_0".`,
        remedy: REMEDY,
      },
    ]);
  });
});
