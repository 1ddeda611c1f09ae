import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanName, plainAddress, plainHost } from './display-text.js';

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      ...'a \t\n\u0000\u0085\u00AD\u0301\u115F\u180E\u200B\u200F\u2028\u202E\u2066\u2800\u3164\uFE0F\uFEFF\uE000',
    ),
    maxLength: 300,
  }),
);

describe('names from outside', () => {
  it.each([
    ['control characters', 'Cl\u0000au\u001Bde\u0085', 'Claude'],
    ['bidi overrides and isolates', '\u202EedualC\u202C\u2066\u2069\u200F', 'edualC'],
    ['zero-width characters', 'Cl\u200Bau\u200D\uFEFFde\u2060\u00AD', 'Claude'],
    ['variation selectors and tags', 'Claude\uFE0F\u{E0041}\u{E0100}', 'Claude'],
    ['blank letters', '\u3164Claude\u2800\uFFA0', 'Claude'],
    ['line breaks', 'Claude\r\nis\u2028safe\u2029now', 'Claude is safe now'],
    ['runs of spaces', '  Claude \t\u00A0\u3000 Code ', 'Claude Code'],
    ['lone surrogates and unassigned characters', 'A\uD800B\u{E0FFF}C', 'ABC'],
    ['private-use characters', 'A\uE000B', 'AB'],
    ['towers of accents', `Z${'\u0335'.repeat(40)}algo`, 'Z\u0335\u0335\u0335algo'],
  ])('lose %s (ATK-11)', (_, name, shown) => {
    expect(cleanName(name, '-')).toBe(shown);
  });

  it('are composed, so that one name has one spelling', () => {
    expect(cleanName('Cafe\u0301', '-')).toBe('Caf\u00E9');
  });

  it('keep other scripts and pictures', () => {
    expect(cleanName('日本語 हिन्दी العربية 🚀', '-')).toBe('日本語 हिन्दी العربية 🚀');
  });

  it('are cut at 60 characters with an ellipsis (ATK-11)', () => {
    expect(cleanName('x'.repeat(60), '-')).toBe('x'.repeat(60));
    expect(cleanName('x'.repeat(5000), '-')).toBe(`${'x'.repeat(60)}…`);
    expect(cleanName('🚀'.repeat(61), '-')).toBe(`${'🚀'.repeat(60)}…`);
  });

  it('fall back where nothing visible is left', () => {
    expect(cleanName('\u200B \u202E', 'An app without a name')).toBe('An app without a name');
  });

  it('never hold an invisible character, whatever comes in', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const shown = cleanName(name, '-');
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(shown.trim()).toBe(shown);
        expect([...shown].length).toBeLessThanOrEqual(61);
        expect(cleanLine(shown)).toBe(shown);
      }),
    );
  });
});

describe('hosts', () => {
  it.each([
    ['claude.ai', 'claude.ai'],
    ['localhost:52311', 'localhost:52311'],
    ['[::1]:80', '[::1]:80'],
    ['clаude.ai', 'xn--clude-5ve.ai'],
    ['bücher.example:8443', 'xn--bcher-kva.example:8443'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['not a\u202Ehost', 'not{U+0020}a{U+202E}host'],
  ])('%j is shown as %j (ATK-11)', (host, shown) => {
    expect(plainHost(host)).toBe(shown);
  });
});

it('shows addresses whole, with what is not visible ASCII as its number', () => {
  expect(plainAddress('cursor://x/\u202E\u0430?a=<b> \n')).toBe(
    'cursor://x/{U+202E}{U+0430}?a=<b> {U+000A}',
  );
});
