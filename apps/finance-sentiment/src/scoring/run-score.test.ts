import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runScore } from './run-score.js';

const usage = `Usage: pnpm score FILE.csv [--json] [--plot FILE.svg]

Scores a CSV file with the columns "text" and "label" (positive, negative, neutral).

  --json           one line of JSON instead of a table
  --plot FILE.svg  also draw the confusion matrix
  --help           show this text`;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'score-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function score(...args: string[]) {
  const [out, warnings]: [string[], string[]] = [[], []];
  const status = runScore(args, {
    cwd,
    out: (line) => out.push(line),
    warn: (line) => warnings.push(line),
  });
  return { status, out, warnings };
}

function scoreText(content: string | Uint8Array, ...args: string[]) {
  writeFileSync(join(cwd, 'set.csv'), content);
  return score('set.csv', ...args);
}

const four =
  'Label,id,TEXT\r\nPOS,1,"Profit rose, and how"\r\nneg,2,Profit rose\r\nNeutral,3,The office is in Lisbon\r\nnegative,4,Sales fell\r\n';

describe('pnpm score', () => {
  it('writes exactly one line with --json', () => {
    expect(scoreText(`\ufeff${four}`, '--json')).toEqual({
      status: 0,
      out: [
        '{"accuracy":0.75,"macroF1":0.7778,"confusion":{"positive":{"positive":1,"negative":0,"neutral":0},"negative":{"positive":1,"negative":1,"neutral":0},"neutral":{"positive":0,"negative":0,"neutral":1}},"perLabel":{"positive":{"precision":0.5,"recall":1,"f1":0.6667,"support":1},"negative":{"precision":1,"recall":0.5,"f1":0.6667,"support":2},"neutral":{"precision":1,"recall":1,"f1":1,"support":1}},"sure":{"n":3,"accuracy":0.6667},"unsure":{"n":1,"accuracy":1},"n":4,"skipped":0}',
      ],
      warnings: [],
    });
  });

  it('writes a table for people', () => {
    expect(scoreText(four).out.join('\n')).toBe(
      [
        '4 texts',
        '',
        'accuracy               0.7500',
        'macro-F1               0.7778',
        'where it is sure       0.6667    3 texts',
        'where it is not        1.0000    1 texts',
        '',
        '                    precision     recall         F1      texts',
        'positive               0.5000     1.0000     0.6667          1',
        'negative               1.0000     0.5000     0.6667          2',
        'neutral                1.0000     1.0000     1.0000          1',
        '',
        'expected \\ answer    positive   negative    neutral',
        'positive                    1          0          0',
        'negative                    1          1          0',
        'neutral                     0          0          1',
      ].join('\n'),
    );
  });

  it('reports bad rows by line, counts them, and scores the others', () => {
    const { status, out, warnings } = scoreText(
      'text,label\nSales fell,bad\n,positive\nSales fell, sharply,negative\nSales fell,negative\n',
      '--json',
    );
    expect(status).toBe(0);
    expect(warnings).toEqual([
      'Line 2: The label is none of positive, negative, neutral.',
      'Line 3: The text is empty.',
      'Line 4: The row has 3 fields, the header 2.',
    ]);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ n: 1, skipped: 3, accuracy: 1, macroF1: 1 });
  });

  it('reads Windows-1252 and says so', () => {
    const { status, warnings } = scoreText(
      Buffer.from('text,label\nSales of \xc4ij\xe4 fell,negative\n', 'latin1'),
    );
    expect({ status, warnings }).toEqual({
      status: 0,
      warnings: ['The file is not UTF-8; it is read as Windows-1252.'],
    });
  });

  it.each([
    ['', 'The file is empty.'],
    ['\n\n', 'The file is empty.'],
    [
      'a,b\n1,2\n',
      'The first line must be a header with the columns "text" and "label", separated by commas.',
    ],
    [
      'Sales fell,negative\n',
      'The first line must be a header with the columns "text" and "label", separated by commas.',
    ],
    ['text,label\n', 'The file has a header but no rows.'],
  ])('ends with status 2 and one message for the content %j', (content, message) => {
    expect(scoreText(content, '--json')).toEqual({ status: 2, out: [], warnings: [message] });
  });

  it('ends with status 2 when no row is good', () => {
    const { status, out, warnings } = scoreText('text,label\nSales fell,bad\n');
    expect({ status, out, last: warnings.at(-1) }).toEqual({
      status: 2,
      out: [],
      last: 'No row can be scored.',
    });
  });

  it.each([
    [[], `No file given.\n\n${usage}`],
    [['a', 'b'], `One file at a time.\n\n${usage}`],
    [['--yaml'], `Unknown option '--yaml'.\n\n${usage}`],
    [['none.csv'], 'There is no file "CWD/none.csv".'],
    [['folder'], '"CWD/folder" is a directory. Name a CSV file.'],
  ])('ends with status 2 for the arguments %j', (args, message) => {
    mkdirSync(join(cwd, 'folder'));
    expect(score(...args)).toEqual({ status: 2, out: [], warnings: [message.replace('CWD', cwd)] });
  });

  it('draws the confusion matrix with --plot, and escapes the name of the file', () => {
    writeFileSync(join(cwd, '<set> & co.csv'), four);
    expect(score('<set> & co.csv', '--plot', 'plot.svg').status).toBe(0);
    const svg = readFileSync(join(cwd, 'plot.svg'), 'utf8');
    expect(svg).toContain(
      'role="img" aria-label="&lt;set&gt; &amp; co.csv: 4 texts, accuracy 0.75, macro-F1 0.78"',
    );
    expect([...svg.matchAll(/<title>(.+?)<\/title>/g)].map(([, title]) => title)).toEqual([
      'positive, answered positive: 1',
      'positive, answered negative: 0',
      'positive, answered neutral: 0',
      'negative, answered positive: 1',
      'negative, answered negative: 1',
      'negative, answered neutral: 0',
      'neutral, answered positive: 0',
      'neutral, answered negative: 0',
      'neutral, answered neutral: 1',
    ]);
    expect(score('<set> & co.csv', '--plot', 'no/such/folder.svg')).toMatchObject({
      status: 2,
      warnings: [`"${cwd}/no/such/folder.svg" cannot be written (ENOENT).`],
    });
  });

  it('tells its usage when asked', () => {
    expect(score('--help')).toEqual({ status: 0, out: [usage], warnings: [] });
  });

  it('overlooks the -- that pnpm hands on', () => {
    writeFileSync(join(cwd, 'set.csv'), four);
    expect(score('--', 'set.csv', '--json').status).toBe(0);
  });
});
