import type { EnvironmentReader } from '../environment.js';

/** Which engine scores texts. */
export type EngineConfig =
  | { readonly name: 'rules' }
  /** Weights of the reader's own, in a folder that {@link transformersEngine} describes. */
  | { readonly name: 'transformers'; readonly modelDir: string };

/** Reads `SENTIMENT_ENGINE` and `MODEL_DIR`, and reports what is wrong with them. Does NOT look into the folder. */
export function readEngine(reader: EnvironmentReader): EngineConfig {
  const name = reader.choice('SENTIMENT_ENGINE', ['rules', 'transformers'], 'rules');
  const modelDir = reader.text('MODEL_DIR');
  if (name === 'rules') {
    if (modelDir !== undefined) {
      const remedy = 'Set SENTIMENT_ENGINE=transformers, or leave MODEL_DIR out.';
      reader.report('MODEL_DIR', 'is of no use to the engine "rules".', remedy);
    }
    return { name };
  }
  if (modelDir === undefined) {
    const remedy = 'Set it to the folder of an ONNX text classifier such as FinBERT.';
    reader.report('MODEL_DIR', 'is needed when SENTIMENT_ENGINE is "transformers".', remedy);
  }
  return { name, modelDir: modelDir ?? '' };
}
