import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checks } from './checks/index.js';
import { help } from './cli/help.js';
import { readPlan } from './plan/plan.js';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
const optionsIn = (text: string) => [...new Set(text.match(/(?<=[\s`])--[a-z-]+/g))].sort();

it('has the same options in the README as in the help', () => {
  const named = optionsIn(readme).filter((option) => option !== '--save-dev');
  expect(named).toEqual(optionsIn(help).filter((option) => option !== '--help'));
});

it('lists every check under its group', () => {
  const groups = [...new Set(checks.map(({ group }) => group))].map((group) => {
    const ids = checks.filter((check) => check.group === group).map(({ id }) => id);
    return `| ${group} | ${ids.join(' ')} |`;
  });
  expect(readme).toContain(`|---|---|\n${groups.join('\n')}\n`);
});

it('shows a plan that can be read', () => {
  const [, json = ''] = /```json\n([^`]*)```/.exec(readme) ?? [];
  expect(readPlan(JSON.parse(json)).operations).toHaveLength(5);
});

it('gives no two checks the same id, and each its own sentence', () => {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
  for (const { title, remedy, source } of checks) {
    expect([title, remedy]).toEqual([
      expect.stringMatching(/^[A-Z].*\.$/),
      expect.stringMatching(/^[A-Z].*\.$/),
    ]);
    expect(source).toMatch(/^https:\/\/(modelcontextprotocol\.io|www\.rfc-editor\.org)\//);
  }
});
