/** Red, green and blue, 0 to 255. */
type Color = readonly [number, number, number];

const WHITE: Color = [255, 255, 255];
const BLACK: Color = [0, 0, 0];
/** WCAG 2.2 §1.4.3, and a little for rounding. */
const READABLE = 4.6;

/** The surfaces of {@link stylesheet} that the accent colour lies on. */
const grounds = {
  light: { card: WHITE, paper: parse('#f4f3f0'), away: BLACK },
  dark: { card: parse('#1e201d'), paper: parse('#151614'), away: WHITE },
} as const;

/**
 * The accent colour of the operator as CSS, in light and in dark: moved towards black or white until text in it, and text on it, can
 * be read on every surface of the pages.
 *
 * @param accentColor - `#rrggbb`.
 */
export function accentStyles(accentColor: string): string {
  const color = parse(accentColor);
  return `
:root { ${declarations(color, 'light')} }
@media (prefers-color-scheme: dark) { :root { ${declarations(color, 'dark')} } }
`;
}

/** The accent colour as `#rrggbb` where it lies under white: as dark as it has to be. */
export function accentUnderWhite(accentColor: string): string {
  return hex(readable(parse(accentColor), 'light'));
}

const tintOf = (accent: Color, scheme: keyof typeof grounds) =>
  mix(accent, grounds[scheme].card, 0.88);

function readable(color: Color, scheme: keyof typeof grounds): Color {
  const { card, paper, away } = grounds[scheme];
  let accent = color;
  for (let step = 0; step <= 20; step += 1) {
    accent = mix(color, away, step / 20);
    const surfaces = [card, paper, tintOf(accent, scheme)];
    if (surfaces.every((surface) => contrast(accent, surface) >= READABLE)) break;
  }
  return accent;
}

function declarations(color: Color, scheme: keyof typeof grounds): string {
  const { away } = grounds[scheme];
  const accent = readable(color, scheme);
  const tint = tintOf(accent, scheme);
  const on = scheme === 'light' ? WHITE : mix(accent, BLACK, 0.88);
  const over = mix(accent, away, 0.25);
  return Object.entries({ accent, 'accent-over': over, 'on-accent': on, tint })
    .map(([name, value]) => `--${name}: ${hex(value)};`)
    .join(' ');
}

/** @param share - Of the second colour, 0 to 1. */
function mix(one: Color, other: Color, share: number): Color {
  const part = (index: 0 | 1 | 2) => Math.round(one[index] * (1 - share) + other[index] * share);
  return [part(0), part(1), part(2)];
}

/** Contrast ratio by WCAG 2.2. */
function contrast(one: Color, other: Color): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parse(color: string): Color {
  const part = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

function hex(color: Color): string {
  return `#${color.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
