import { expect, it } from 'vitest';
import { foldLine } from './fold-line.js';

it('leaves a line alone that fits', () => {
  expect(foldLine('     POST /mcp  200 OK', 22)).toEqual(['     POST /mcp  200 OK']);
});

it('breaks at spaces, below the beginning', () => {
  expect(foldLine('     POST /mcp tools/call whoami  200 OK', 24)).toEqual([
    '     POST /mcp',
    '       tools/call whoami',
    '       200 OK',
  ]);
});

it('goes on with the bar of a quotation', () => {
  expect(foldLine('     │ one two three', 16)).toEqual(['     │ one two', '     │   three']);
});

it('keeps whole what has no space', () => {
  expect(foldLine('     see http://127.0.0.1:3000/mcp now', 20)).toEqual([
    '     see',
    '       http://127.0.0.1:3000/mcp',
    '       now',
  ]);
});

it('counts no colours', () => {
  const green = '\u001B[32m✓\u001B[39m';
  expect(foldLine(`     ${green} yes`, 10)).toEqual([`     ${green} yes`]);
  expect(foldLine(`     \u001B[2m│\u001B[22m one two`, 12)).toEqual([
    '     \u001B[2m│\u001B[22m one',
    '     \u001B[2m│\u001B[22m   two',
  ]);
});
