/** The address of {@link auditStyle}. */
export const AUDIT_STYLE_PATH = '/admin/audit.css';

/** What the viewer needs beside the style of the front page. */
export const auditStyle = `
main.wide { max-width: 80rem; }
form { margin-top: 1.25rem; }
label { display: block; font-size: .875rem; color: var(--soft); }
input, select, button {
  font: inherit;
  min-height: 2.75rem;
  padding: .375rem .75rem;
  color: var(--ink);
  background: var(--paper);
  border: 1px solid var(--soft);
  border-radius: 8px;
}
input, select { width: 100%; }
button { margin-top: .75rem; padding-inline: 1.25rem; background: var(--accent); color: var(--card); border-color: var(--accent); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); }
.filter { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; align-items: end; }
.filter button { margin: 0; }
.count { margin-top: 1.25rem; color: var(--soft); }
.problem { margin-top: 1rem; padding: .75rem 1rem; border-radius: 8px; background: var(--tint); }
.empty { margin-top: 1rem; }
.scroll { margin-top: .75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; overflow-wrap: normal; }
th, td { padding: .375rem .75rem .375rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
td:nth-child(1) { white-space: nowrap; font-variant-numeric: tabular-nums; }
td:nth-child(n+2) { min-width: 6rem; max-width: 18rem; overflow-wrap: anywhere; }
tr.denied td:nth-child(6), tr.challenged td:nth-child(6), tr.unavailable td:nth-child(6) { font-weight: 600; }
nav { display: flex; gap: 1.25rem; margin-top: 1.25rem; }
main.wide h2 { padding-inline: 0; font-size: 1.125rem; }
main.wide h3 { margin-top: 1rem; }
dl { margin: 1rem 0 0; }
dl div { display: grid; grid-template-columns: 7rem 1fr; gap: .75rem; padding: .25rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl div { grid-template-columns: 1fr; gap: 0; } }
`;
