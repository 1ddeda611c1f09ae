import { accentStyles } from './accent.js';
import { palette } from './palette.js';

/**
 * The style of every page, served as a file of its own: the pages' policy allows no other style.
 *
 * @param accentColor - `#rrggbb`, in place of ours.
 */
export function stylesheet(accentColor?: string): string {
  return accentColor === undefined ? ours : ours + accentStyles(accentColor);
}

const ours = `${palette}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, p, dl, dd, ul, fieldset { margin: 0; padding: 0; }
ul { padding-left: 1.25rem; }
li::marker { color: var(--soft); }
a { color: var(--accent); text-underline-offset: .15em; }
.page { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.top {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: .25rem 1rem;
  padding: 0 .25rem .875rem;
  font-size: .875rem;
}
.brand-name { font-weight: 600; }
.brand { display: flex; flex-wrap: wrap; gap: 0 .5rem; }
.brand-host { color: var(--soft); }
.account { display: flex; flex-wrap: wrap; gap: 0 .5rem; color: var(--soft); }
.account strong { color: var(--ink); font-weight: 600; }
.card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 14px;
  box-shadow: var(--shadow);
  padding: 1.75rem;
}
.heading { display: flex; align-items: center; gap: .875rem; }
h1 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.0625rem; line-height: 1.4; font-weight: 650; margin-top: 1.75rem; }
h2 + ul { margin-top: .5rem; }
.heading h2 { margin: 0; }
.tile {
  flex: none;
  display: grid;
  place-items: center;
  width: 3rem;
  height: 3rem;
  border-radius: 11px;
  background: var(--tint);
  color: var(--accent);
  font-size: 1.375rem;
  font-weight: 650;
}
.lead { margin-top: .875rem; color: var(--soft); }
.lead + p, .lead + .technical, .facts + .technical { margin-top: 1.25rem; }
h2 + .facts { margin-top: .75rem; }
.fine { margin-top: 1rem; color: var(--soft); font-size: .875rem; }
code { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.facts { margin-top: 1.25rem; border-top: 1px solid var(--line); }
.facts > div {
  display: grid;
  grid-template-columns: 8.5rem 1fr;
  gap: 0 1rem;
  padding: .5rem 0;
  border-bottom: 1px solid var(--line);
}
.facts dt, .technical dt { color: var(--soft); font-size: .875rem; line-height: 1.5rem; }
.facts strong { font-weight: 600; }
.aside { color: var(--soft); }
.unverified { color: var(--bad-ink); }
.notice {
  margin-top: 1.25rem;
  padding: .75rem 1rem;
  border: 1px solid var(--warn-line);
  border-radius: 10px;
  background: var(--warn);
  color: var(--warn-ink);
  font-size: .9375rem;
}
.notice-done { border-color: var(--good-line); background: var(--good); color: var(--good-ink); }
.notice-problem { border-color: var(--bad-line); background: var(--bad); color: var(--bad-ink); }
.notice-title { font-weight: 650; }
.group { min-width: 0; margin-top: 1.25rem; border: 0; }
h2 + .group { margin-top: .75rem; }
legend {
  padding: 0;
  font-size: .875rem;
  font-weight: 600;
}
.legend-hint { color: var(--soft); font-weight: 400; }
.scope {
  position: relative;
  display: flex;
  gap: .875rem;
  padding: .6875rem .875rem;
  border: 1px solid var(--line);
}
/* The rows of a group are one list. */
.scope + .scope { border-top: 0; }
legend + .scope { margin-top: .5rem; border-top-left-radius: 10px; border-top-right-radius: 10px; }
.scope:last-child { border-bottom-left-radius: 10px; border-bottom-right-radius: 10px; }
.scope:hover { box-shadow: inset 0 0 0 1px var(--edge); }
.scope:has(:checked) { background: var(--tint); }
.group-broad .scope { border-style: dashed; border-color: var(--edge); }
/* Above the area of the label. */
.scope input {
  position: relative;
  z-index: 1;
  flex: none;
  width: 1.375rem;
  height: 1.375rem;
  margin: .0625rem 0 0;
  accent-color: var(--accent);
}
.scope-text { min-width: 0; flex: 1; }
.scope label { display: block; font-weight: 500; cursor: pointer; }
/* The whole row ticks the box. */
.scope label::after { content: ""; position: absolute; inset: 0; border-radius: inherit; }
.hint { color: var(--soft); font-size: .875rem; line-height: 1.4; }
.new {
  display: inline-block;
  padding: 0 .5rem;
  border-radius: 99px;
  background: var(--accent);
  color: var(--on-accent);
  font-size: .75rem;
  line-height: 1.25rem;
  font-weight: 600;
  vertical-align: .0625rem;
}
.decision { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: 1.75rem; }
/* Two that differ in length. */
.ways { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.75rem; }
.ways .button { flex: 1 1 7rem; width: auto; }
.ways .button-main { flex: 2 1 13rem; }
.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  width: 100%;
  min-height: 3rem;
  padding: .5rem 1rem;
  border: 1px solid var(--edge);
  border-radius: 10px;
  background: var(--card);
  color: var(--ink);
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
.button:hover { background: var(--tint); }
.button-main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.button-main:hover { border-color: var(--accent-over); background: var(--accent-over); }
.button-bad { border-color: var(--bad-ink); color: var(--bad-ink); }
.button-bad:hover { background: var(--bad); }
.link {
  padding: 0;
  border: 0;
  background: none;
  color: var(--accent);
  font: inherit;
  text-decoration: underline;
  text-underline-offset: .15em;
  cursor: pointer;
}
.fields { margin-top: 1.25rem; }
.field + .field { margin-top: 1rem; }
.field label { display: block; margin-bottom: .25rem; font-size: .9375rem; font-weight: 600; }
.field input, .field select {
  width: 100%;
  min-height: 3rem;
  padding: .5rem .875rem;
  border: 1px solid var(--edge);
  border-radius: 10px;
  background: var(--card);
  color: var(--ink);
  font: inherit;
}
.fields .button { margin-top: 1.5rem; }
.more { margin-top: 1rem; font-size: .875rem; }
.more summary { padding: .25rem 0; color: var(--soft); cursor: pointer; }
.more ul { margin-top: .5rem; }
.more li + li { margin-top: .375rem; }
.more li code { display: block; color: var(--soft); }
.more + .more { margin-top: .25rem; }
/* Above the area of the label, which ticks the box. */
.more.includes { position: relative; z-index: 1; width: fit-content; margin-top: .125rem; }
.includes ul { margin-top: 0; }
.includes li + li { margin-top: .125rem; }
.more[open] + .more { margin-top: .75rem; }
.technical { margin-top: .5rem; font-size: .875rem; }
.technical > div + div { margin-top: .5rem; }
/* One client of the page of connected apps. */
.app { margin-top: 1.75rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
.app .tile { width: 2.5rem; height: 2.5rem; border-radius: 9px; font-size: 1.125rem; }
.app .facts { margin-top: 1rem; }
.removal { margin-top: 1rem; }
.removal summary { width: auto; min-width: 9rem; list-style: none; }
.removal summary::-webkit-details-marker { display: none; }
.removal[open] summary { background: var(--tint); }
.removal p { margin: .75rem 0; }
.bottom { padding: 1rem .25rem 0; font-size: .875rem; text-align: center; }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice:focus { outline: none; }
@media (max-width: 30rem) {
  .page { padding: 1rem .75rem 2rem; }
  .card { padding: 1.25rem 1rem; }
  .facts > div { grid-template-columns: 1fr; }
  .heading { align-items: flex-start; gap: .75rem; }
  .app .heading { align-items: center; }
  .tile { width: 2.5rem; height: 2.5rem; border-radius: 9px; font-size: 1.125rem; }
  h1 { font-size: 1.25rem; }
  .scope { gap: .75rem; padding: .6875rem .75rem; }
}
@media (max-width: 20rem) {
  .decision { gap: .5rem; }
  .button { padding: .5rem .25rem; font-size: .9375rem; }
}
@media (prefers-contrast: more) {
  .scope:has(:checked) { border-color: var(--ink); }
}
@media (forced-colors: active) {
  .scope:has(:checked) { border-color: Highlight; }
  .button-main { border-width: 3px; }
  .new, .tile { border: 1px solid; }
}
`;
