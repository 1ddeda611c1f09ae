/** What the front page needs beside the style of all pages. */
export const homeStyle = `
.page:has(.client) { max-width: 46rem; }
/* The edge shows where colours are the reader's own. */
.address { margin-top: 1.25rem; padding: .75rem 1rem; border: 1px solid transparent; border-radius: 10px; background: var(--tint); color: var(--accent); }
.address code { font-size: 1rem; font-weight: 600; }
.client { padding-top: 1.25rem; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
.where { color: var(--soft); font-size: .875rem; }
/* One click selects all that is to be copied. */
.client pre, .address code { user-select: all; }
pre {
  margin: .375rem 0;
  padding: .625rem .875rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--paper);
  font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  white-space: pre-wrap;
}
@media print {
  .card { border: 0; padding: 0; }
  .client { break-inside: avoid; }
}
`;
