import type { Principal } from '@portcullis/core';
import { needsByInput, type ScopePolicy } from '@portcullis/server-adapter';
import type { Scope } from './scopes.js';
import { runWorkflowInput } from './tools/run-workflow-input.js';
import { workflowNames } from './workflows/workflow.js';

/**
 * Who may do what: read this first. All scopes of an entry are needed; `[]` means that any valid token will do; what has no entry
 * here is refused. Everything is decided before a handler runs.
 *
 * @param isAdministrator - Who that is depends on who signs people in.
 */
export const policyFor = (isAdministrator: (principal: Principal) => boolean) =>
  ({
    tools: {
      whoami: [],
      analyze_sentiment: ['mcp:tools:analyze_sentiment'],
      get_news_sentiment: ['mcp:tools:get_news_sentiment', 'mcp:resources:news:read'],
      search_news: ['mcp:tools:search_news', 'mcp:resources:news:read'],
      compare_tickers: ['mcp:tools:compare_tickers', 'mcp:resources:news:read'],
      sentiment_trend: ['mcp:tools:sentiment_trend', 'mcp:resources:news:read'],
      import_news: ['mcp:tools:import_news', 'mcp:resources:news:write'],
      edit_watchlist: ['mcp:resources:watchlists:write'],
      // Which scope is needed depends on an argument. Allowing a workflow allows its steps.
      run_workflow: needsByInput({
        input: runWorkflowInput,
        possible: workflowNames.map((name) => `mcp:exec:workflows:${name}` as const),
        of: ({ workflow }) => [`mcp:exec:workflows:${workflow}`],
      }),
    },
    resources: {
      'finance://corpus/manifest': ['mcp:resources:news:read'],
      'finance://news/{id}': ['mcp:resources:news:read'],
      'finance://news/by-ticker/{ticker}': ['mcp:resources:news:read'],
      'finance://watchlists/{name}': ['mcp:resources:watchlists:read'],
      'finance://reports/{id}': ['mcp:resources:reports:read'],
      'finance://lexicon': [],
      // A page without data, which hosts fetch ahead of the call.
      'ui://finance-sentiment/trend.html': [],
      // Whatever a client is granted: the trail is for the administrator.
      'finance://audit/recent': { needs: ['mcp:resources:audit:read'], rule: isAdministrator },
    },
    // They carry no data, only words that name tools.
    prompts: { 'daily-briefing': [], 'explain-move': [], 'portfolio-review': [] },
  }) satisfies ScopePolicy<Scope>;

/** The part about tools, which is the same whoever the administrator is. */
export const { tools: toolPolicy } = policyFor(() => false);
