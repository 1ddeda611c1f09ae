/** The address of {@link homeStyle}. */
export const HOME_STYLE_PATH = '/home.css';

/** The style of the front page, in the taste of the issuer's pages. A file of its own: the page's policy allows no other style. */
export const homeStyle = `
:root {
  color-scheme: light dark;
  --paper: #f4f3f0;
  --card: #ffffff;
  --ink: #1d1c1a;
  --soft: #5c5952;
  --line: #dcd9d2;
  --accent: #16564f;
  --tint: #e6f0ee;
  --shadow: 0 1px 2px rgb(29 28 26 / 6%), 0 8px 28px rgb(29 28 26 / 7%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151614;
    --card: #1e201d;
    --ink: #edece7;
    --soft: #aeaba2;
    --line: #373934;
    --accent: #86cabf;
    --tint: #233330;
    --shadow: none;
  }
}
@media (prefers-contrast: more) {
  :root { --soft: var(--ink); --line: var(--ink); }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, p, pre { margin: 0; }
main { max-width: 42rem; margin: 0 auto; padding: 2.5rem 1rem 4rem; }
h1 { font-size: 1.625rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h2 { padding: 2.25rem .25rem .25rem; font-size: 1rem; font-weight: 600; }
h3 { margin: 0; font-size: 1rem; line-height: 1.5; font-weight: 600; }
a { color: var(--accent); }
code, pre { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.card {
  padding: 1.75rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 14px;
  box-shadow: var(--shadow);
}
.lead { margin-top: .75rem; color: var(--soft); }
.address { margin-top: 1.25rem; padding: .75rem 1rem; border-radius: 10px; background: var(--tint); color: var(--accent); }
.address code { font-size: 1rem; font-weight: 600; }
.apps { margin-top: 1rem; }
.client { margin-top: .75rem; padding: 1rem 1.25rem 1.25rem; }
.where, .note { color: var(--soft); font-size: .875rem; }
pre {
  margin-top: .5rem;
  padding: .625rem .875rem;
  border-radius: 8px;
  background: var(--paper);
  white-space: pre-wrap;
}
.note { margin-top: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
  main { padding: 1rem .75rem 2.5rem; }
  .card { padding: 1.25rem 1rem; }
  h1 { font-size: 1.375rem; }
}
`;
