/** What the viewer needs beside the style of all pages. */
export const auditStyle = `
.page:has(.wide) { max-width: 90rem; }
.wide > p + h1 { margin-top: .75rem; }
.wide h1 code { font: inherit; }
.wide h3 { margin-top: 1rem; }
.filter { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .75rem; align-items: end; }
.filter .field + .field { margin: 0; }
.filter .button { margin: 0; }
.filter ::placeholder { color: var(--soft); opacity: 1; }
.scroll { margin-top: .75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; overflow-wrap: normal; }
th, td { padding: .5rem .875rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td:first-child, td:last-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; }
/* Wide enough for words of ours; what is longer breaks anywhere. */
td:nth-child(2) { min-width: 5.5rem; }
td:nth-child(3), td:nth-child(4) { min-width: 8rem; }
td:nth-child(5), td:nth-child(6) { min-width: 10rem; }
td:nth-child(7) { min-width: 6.75rem; }
td:nth-child(8) { min-width: 8.5rem; }
tr.denied td:nth-child(7), tr.challenged td:nth-child(7), tr.unavailable td:nth-child(7) { font-weight: 650; }
nav { display: flex; gap: 1.25rem; margin-top: 1.25rem; }
`;
