import { describe, expect, it } from 'vitest';
import { accentStyles } from './accent.js';

/** Contrast ratio of two colours, written down from WCAG 2.2 once more. */
function contrast(one: string, other: string): number {
  const light = (color: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
      const value = Number.parseInt(color.slice(1 + index * 2, 3 + index * 2), 16) / 255;
      return sum + weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    }, 0.05);
  const [a, b] = [light(one), light(other)];
  return Math.max(a, b) / Math.min(a, b);
}

/** What the style says in light and in dark. */
const palettes = (color: string) =>
  accentStyles(color)
    .split('@media')
    .map((part) =>
      Object.fromEntries(
        [...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
      ),
    );

const steps = ['00', '33', '66', '99', 'cc', 'ff'];
const colors = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));

describe('the accent colour of the operator', () => {
  it('is taken as it is where it can be read', () => {
    expect(palettes('#0057b8')[0]).toMatchObject({ accent: '#0057b8', 'on-accent': '#ffffff' });
  });

  it('can be read on every surface, light and dark, whatever it is', () => {
    for (const color of colors) {
      const [light = {}, dark = {}] = palettes(color);
      const pairs = [
        ...['#ffffff', '#f4f3f0', light.tint].map((ground) => [light.accent, ground]),
        ...['#1e201d', '#151614', dark.tint].map((ground) => [dark.accent, ground]),
        ...[light, dark].flatMap((palette) => [
          [palette['on-accent'], palette.accent],
          [palette['on-accent'], palette['accent-over']],
        ]),
        // The texts of a ticked row.
        ['#1d1c1a', light.tint],
        ['#5c5952', light.tint],
        ['#edece7', dark.tint],
        ['#aeaba2', dark.tint],
      ];
      for (const [one = '', other = ''] of pairs) {
        expect(contrast(one, other), `${one} on ${other}, from ${color}`).toBeGreaterThan(4.5);
      }
    }
  });
});
