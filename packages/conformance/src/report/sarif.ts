import type { Log, ReportingDescriptor } from 'sarif';
import type { Check, Level } from '../suite/check.js';
import type { CheckResult, Report } from '../suite/report.js';

const levels: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  MUST: 'error',
  SHOULD: 'warning',
  REC: 'note',
};
const kinds: Readonly<Record<CheckResult['outcome'], 'fail' | 'pass' | 'notApplicable'>> = {
  fail: 'fail',
  pass: 'pass',
  skip: 'notApplicable',
};

/**
 * A report as SARIF 2.1.0: a rule for each check, with its remedy as help, and a result for each era. The place of a result is the URL of
 * the server, since there is no file.
 *
 * @returns The JSON text.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(report: Report): string {
  const byId = new Map(report.results.map((result) => [result.id, result]));
  const rules = [...byId.values()];
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portcullis-conformance', rules: rules.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
          },
        ],
        results: report.results.map((result) => ({
          ruleId: result.id,
          ruleIndex: index.get(result.id),
          kind: kinds[result.outcome],
          // §3.27.10: what did not fail has no level.
          level: result.outcome === 'fail' ? levels[result.level] : 'none',
          message: { text: messageOf(result) },
          locations: [{ physicalLocation: { artifactLocation: { uri: report.url } } }],
          partialFingerprints: { requirement: `${result.id}/${result.era ?? 'any'}` },
          ...(result.era ? { properties: { era: result.era } } : {}),
        })),
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf(
  rule: Pick<Check, 'id' | 'also' | 'title' | 'remedy' | 'level' | 'source' | 'group'>,
): ReportingDescriptor {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    help: { text: rule.remedy },
    helpUri: rule.source,
    defaultConfiguration: { level: levels[rule.level] },
    properties: { requirement: rule.level, group: rule.group, also: rule.also ?? [] },
  };
}

function messageOf({ outcome, title, said, remedy, era }: CheckResult): string {
  const when = era === undefined ? '' : ` (${era})`;
  if (outcome === 'pass') return `${title}${when}`;
  if (outcome === 'skip') return `Not checked${when}: ${said}`;
  return `Not so${when}: ${title} Seen: ${said}. To do: ${remedy}`;
}
