import { defineScopes, type ScopeVocabulary } from '@portcullis/core';

/** The vocabulary of an app that the tests set up. */
export const scopes: ScopeVocabulary = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather for a place you name.' },
  'mcp:tools:pay': { description: 'Pay what you approve.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
});
