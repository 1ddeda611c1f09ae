import { type CheckResult, conforms, count, type Report } from '../suite/report.js';
import { excerpt } from '../wire/excerpt.js';

const marks: Readonly<Record<CheckResult['outcome'], string>> = {
  pass: 'ok  ',
  fail: 'FAIL',
  skip: 'skip',
};

/**
 * A report for people: by group, a line for each check, and for what failed what was seen and what to do.
 *
 * @param options.strict - Whether SHOULD and REC count as well. Default `false`.
 */
export function toText(report: Report, options: { readonly strict?: boolean } = {}): string {
  const { url, issuer, eras, operations, results } = report;
  const calls = operations.length === 0 ? 'nothing but lists' : operations.join(', ');
  const lines = [url, `issuer ${issuer}, eras ${eras.join(', ')}`, `calls ${excerpt(calls)}`];
  const width = Math.max(...results.map(({ id }) => id.length), 0);
  let group = '';
  for (const result of results) {
    if (result.group !== group) {
      group = result.group;
      lines.push('', group);
    }
    const { outcome, id, level, title, era, said, remedy } = result;
    const when = era === undefined ? '' : ` [${era}]`;
    lines.push(`  ${marks[outcome]}  ${id.padEnd(width)}  ${level.padEnd(6)}  ${title}${when}`);
    if (outcome === 'skip') lines.push(`        ${said}`);
    if (outcome === 'fail') lines.push(`        Seen: ${said}`, `        To do: ${remedy}`);
  }
  const verdict = conforms(report, options) ? 'conforms' : 'does NOT conform';
  const failed = count(report, 'fail');
  const must = results.filter(
    ({ outcome, level }) => outcome === 'fail' && level === 'MUST',
  ).length;
  const kinds = failed === 0 ? '' : ` (${must} MUST, ${failed - must} SHOULD or REC)`;
  const totals = `${count(report, 'pass')} passed, ${failed} failed${kinds}, ${count(report, 'skip')} skipped`;
  lines.push(
    '',
    `The server ${verdict}: ${totals}, in ${(report.durationMs / 1000).toFixed(1)} s.`,
  );
  return `${lines.join('\n')}\n`;
}
