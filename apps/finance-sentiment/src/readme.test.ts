import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyFor } from './policy.js';
import { baseline, scopes } from './scopes.js';
import { evaluateTexts } from './scoring/evaluation.js';
import { readLabelledCsv } from './scoring/labelled-csv.js';
import { scopesOf } from './tools/scopes-of.js';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const readme = read('README.md');
const policy = policyFor(() => false);
const rows = readme.split('\n').filter((line) => line.startsWith('| `'));

describe('the README', () => {
  it.each(Object.keys(policy.tools) as (keyof typeof policy.tools)[])(
    'says what %s needs',
    (tool) => {
      const row = rows.find((line) => line.startsWith(`| \`${tool}\` `));
      const needs = [...(row?.matchAll(/`(mcp:[^`]+)`/g) ?? [])].map(([, scope]) => scope);
      const expected =
        tool === 'run_workflow'
          ? ['mcp:exec:workflows:<the workflow in its arguments>']
          : scopesOf(tool);
      expect(needs).toEqual(expected);
    },
  );

  it('names every resource and prompt', () => {
    for (const name of [...Object.keys(policy.resources), ...Object.keys(policy.prompts)]) {
      expect(readme).toContain(`\`${name}\``);
    }
  });

  it('shows the pictures that are there, and says what is on each', () => {
    const shown = [...readme.matchAll(/!\[([^\]]{20,})\]\(docs\/([\w-]+\.png)\)/g)];
    const made = readdirSync(new URL('../docs', import.meta.url));
    expect(shown.map(([, , file]) => file).sort()).toEqual(made.sort());
  });

  it('names what a new client is offered', () => {
    expect(readme).toContain(`\`${baseline.join(' ')}\``);
  });

  it.each(['development', 'held-out', 'challenge', 'registers'])(
    'tells the figures of the %s set',
    (name) => {
      const { rows: texts } = readLabelledCsv(read(`fixtures/${name}.csv`));
      const { n, accuracy, macroF1, sure, unsure } = evaluateTexts(texts);
      const row = rows.find((line) => line.startsWith(`| \`fixtures/${name}.csv\``));
      const cells = row?.split('|').map((cell) => cell.trim());
      expect(cells?.slice(2, 7)).toEqual([
        String(n),
        accuracy.toFixed(4),
        macroF1.toFixed(4),
        ...[sure, unsure].map((share) => `${share.accuracy.toFixed(4)} of ${share.n}`),
      ]);
    },
  );

  it('has every variable that can be set, as .env.example has', () => {
    const example = [...read('.env.example').matchAll(/^# ([A-Z0-9_]+)=/gm)].map(
      ([, name]) => name,
    );
    const identities = ['identity', 'local', 'vendor', 'scalekit', 'auth0', 'oidc'];
    const readers = [
      'config',
      'sentiment/engine-config',
      ...identities.map((name) => `identity/${name}-config`),
    ];
    const used = readers.flatMap((file) => [
      ...read(`src/${file}.ts`).matchAll(/(?:reader\.\w+\(|\(reader, )\s*'([A-Z0-9_]+)'/g),
    ]);
    expect(new Set(example)).toEqual(new Set(used.map(([, name]) => name)));
    for (const name of example) expect(readme).toContain(`\`${name}\``);
  });
});

describe('the scopes', () => {
  it('have one of three shapes', () => {
    for (const scope of scopes.names) {
      expect(scope).toMatch(
        /^mcp:(tools:[a-z_]+|resources:[a-z]+:(read|write)|exec:workflows:([a-z-]+|\*))$/,
      );
    }
  });

  it('are told in a sentence for people, each its own', () => {
    const sentences = scopes.names.map((scope) => scopes.describe(scope) ?? '');
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{15,}\.$/);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
