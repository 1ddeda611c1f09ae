import type { CallToolResult } from '@modelcontextprotocol/server';
import { InsufficientScopeError } from '@portcullis/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NewsSourceError } from '../news/news-source.js';
import { StoreError } from '../persistence/store-error.js';
import { WorkflowCancelledError, WorkflowInputError } from '../workflows/workflow.js';
import { answering, quoted, signed } from './answer.js';

afterEach(() => vi.restoreAllMocks());

const failing = (error: Error): Promise<CallToolResult> =>
  answering('some_tool', () => {
    throw error;
  });
const spoken = (text: string) => ({ isError: true, content: [{ type: 'text', text }] });

describe('answering', () => {
  it.each([
    [new RangeError('Too far.'), 'Too far.'],
    [new WorkflowInputError('No such list.'), 'No such list.'],
    [new WorkflowCancelledError(), 'The workflow was cancelled, and nothing was kept.'],
    [new NewsSourceError('timeout', 'Too slow.'), 'Too slow.'],
    [new NewsSourceError('timeout', 'Too slow.', 119), 'Too slow. Ask again in 119 seconds.'],
    [new NewsSourceError('timeout', 'Too slow.', 121), 'Too slow. Ask again in 3 minutes.'],
    [new NewsSourceError('timeout', 'Too slow.', 7140), 'Too slow. Ask again in 119 minutes.'],
    [new NewsSourceError('timeout', 'Too slow.', 7141), 'Too slow. Ask again in 2 hours.'],
  ])('passes on what was written for the caller: %s', async (error, text) => {
    const logged = vi.spyOn(console, 'error');
    expect(await failing(error)).toEqual(spoken(text));
    expect(logged).not.toHaveBeenCalled();
  });

  it('keeps any other error in the log', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new StoreError('STORE_LOCKED', '"/data/finance.sqlite" is locked.');
    expect(await failing(error)).toEqual(
      spoken('This did not work, and the fault is on our side. The server log has the details.'),
    );
    expect(logged.mock.calls).toEqual([['some_tool failed:', error]]);
  });

  it('leaves it to the adapter to say which scope is missing', async () => {
    const scopes = ['mcp:resources:news:read'];
    const error = new InsufficientScopeError(scopes, scopes);
    await expect(failing(error)).rejects.toBe(error);
  });
});

it('writes scores with their sign', () => {
  expect([0.616, -0.4, 0, null].map(signed)).toEqual(['+0.62', '-0.40', '0.00', '–']);
});

it('quotes on one line, and cuts after 160 characters', () => {
  expect(quoted('He said "no"\nand left')).toBe('"He said \\"no\\"\\nand left"');
  expect(quoted('x'.repeat(160))).toBe(`"${'x'.repeat(160)}"`);
  expect(quoted('x'.repeat(161))).toBe(`"${'x'.repeat(160)}…"`);
});
