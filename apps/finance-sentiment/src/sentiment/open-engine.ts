import type { SentimentEngine } from './engine.js';
import type { EngineConfig } from './engine-config.js';
import { rulesEngine } from './rules-engine.js';
import { transformersEngine } from './transformers-engine.js';

/** The engine that was chosen. @throws {ConfigurationError} when it cannot work. */
export async function openEngine(config: EngineConfig): Promise<SentimentEngine> {
  return config.name === 'rules' ? rulesEngine : transformersEngine(config);
}
