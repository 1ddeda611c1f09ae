import type { Settings } from '../settings.js';
import { type CodeRedemption, createCodeRedemption } from './code-redemption.js';
import { createRefreshGrace, type RefreshGrace } from './refresh-grace.js';

/** What codes and refresh tokens are answered with, once each. */
export interface SingleAnswers {
  readonly codeRedemption: CodeRedemption;
  readonly refreshGrace: RefreshGrace;
}

/** Binds both to the store. */
export function createSingleAnswers(settings: Settings): SingleAnswers {
  return {
    codeRedemption: createCodeRedemption(settings.store),
    refreshGrace: createRefreshGrace(settings),
  };
}
