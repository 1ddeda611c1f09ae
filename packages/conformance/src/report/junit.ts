import type { CheckResult, Report } from '../suite/report.js';

/**
 * A report as JUnit XML: a test suite for each group. What does not decide (SHOULD and REC, unless `strict`) passes and says so in its
 * output, since the format has no warnings.
 */
export function toJunit(report: Report, options: { readonly strict?: boolean } = {}): string {
  const { strict = false } = options;
  const groups = [...new Set(report.results.map(({ group }) => group))];
  const counts = (results: readonly CheckResult[], durationMs: number) => {
    const failures = results.filter((result) => decides(result, strict)).length;
    const skipped = results.filter(({ outcome }) => outcome === 'skip').length;
    return `tests="${results.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(durationMs)}"`;
  };
  const suites = groups.map((group) => {
    const results = report.results.filter((result) => result.group === group);
    const durationMs = results.reduce((sum, result) => sum + result.durationMs, 0);
    const cases = results.map((result) => testCase(result, strict)).join('');
    return `  <testsuite name="${xml(group)}" ${counts(results, durationMs)} timestamp="${report.startedAt.replace(/\.\d+Z$/, '')}">\n${cases}  </testsuite>\n`;
  });
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n`;
  const name = `name="${xml(report.url)}"`;
  return `${head}<testsuites ${name} ${counts(report.results, report.durationMs)}>\n${suites.join('')}</testsuites>\n`;
}

/** Whether a result makes a server fail. */
function decides({ outcome, level }: CheckResult, strict: boolean): boolean {
  return outcome === 'fail' && (strict || level === 'MUST');
}

function testCase(result: CheckResult, strict: boolean): string {
  const { id, title, era, group, outcome, said = '', remedy, level } = result;
  const name = `${id} ${title}${era === undefined ? '' : ` [${era}]`}`;
  const open = `    <testcase classname="${xml(group)}" name="${xml(name)}" time="${seconds(result.durationMs)}"`;
  if (outcome === 'pass') return `${open}/>\n`;
  if (outcome === 'skip')
    return `${open}>\n      <skipped message="${xml(said)}"/>\n    </testcase>\n`;
  const text = `Seen: ${said}\nTo do: ${remedy}`;
  const inner = decides(result, strict)
    ? `<failure type="${level}" message="${xml(said)}">${xml(text)}</failure>`
    : `<system-out>${xml(`${level} not met. ${text}`)}</system-out>`;
  return `${open}>\n      ${inner}\n    </testcase>\n`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text for XML 1.0, which has no way to write most control characters. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
