import { expect, it } from 'vitest';
import { fold } from './fold.js';

it('breaks between words, and keeps the indent', () => {
  const line = '    Nobody can sign in to a client that registered itself.';
  expect(fold(line, 30)).toBe(
    '    Nobody can sign in to a\n    client that registered\n    itself.',
  );
  expect(fold(line, 80)).toBe(line);
  expect(fold(line, undefined)).toBe(line);
});

it('leaves a word alone that is wider than the terminal', () => {
  expect(fold('  a https://finance.example.com/mcp', 24)).toBe(
    '  a\n  https://finance.example.com/mcp',
  );
});
