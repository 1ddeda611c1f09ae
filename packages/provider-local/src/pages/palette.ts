/** Our own accent colour, in light. */
export const OUR_ACCENT = '#16564f';

/** The colours of the pages: in light, in dark, and where more contrast is asked for. */
export const palette: string = `
:root {
  color-scheme: light dark;
  --paper: #f4f3f0;
  --card: #ffffff;
  --ink: #1d1c1a;
  --soft: #5c5952;
  --line: #dcd9d2;
  --edge: #85817a;
  --accent: ${OUR_ACCENT};
  --accent-over: #0e403b;
  --on-accent: #ffffff;
  --tint: #e6f0ee;
  --warn-ink: #6b3d00;
  --warn: #fdf3e0;
  --warn-line: #e0b566;
  --bad-ink: #8c1d18;
  --bad: #fdeceb;
  --bad-line: #d98a85;
  --good-ink: #1d5130;
  --good: #e9f5ec;
  --good-line: #86b897;
  --shadow: 0 1px 2px rgb(29 28 26 / 6%), 0 8px 28px rgb(29 28 26 / 7%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151614;
    --card: #1e201d;
    --ink: #edece7;
    --soft: #aeaba2;
    --line: #373934;
    --edge: #86897f;
    --accent: #86cabf;
    --accent-over: #a5dcd3;
    --on-accent: #0c2522;
    --tint: #233330;
    --warn-ink: #f2cf91;
    --warn: #2d2515;
    --warn-line: #6f5523;
    --bad-ink: #f5b5b0;
    --bad: #331b1a;
    --bad-line: #7d3a36;
    --good-ink: #a9dcb9;
    --good: #19291e;
    --good-line: #3f6b4e;
    --shadow: none;
  }
}
@media (prefers-contrast: more) {
  :root {
    --soft: var(--ink);
    --line: var(--ink);
    --edge: var(--ink);
    --warn-line: var(--warn-ink);
    --bad-line: var(--bad-ink);
    --good-line: var(--good-ink);
  }
}
`;
