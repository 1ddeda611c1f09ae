import { fold } from '../fold.js';
import type { Io } from '../io.js';
import type { Finding } from './examine.js';
import type { Patient } from './patient.js';
import { phases } from './verdict.js';

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL', skip: 'skip' } as const;
const colours = { ok: 32, warn: 33, fail: 31, skip: 90 } as const;

/** How many skipped checks a line names. */
const MAX_NAMED = 5;

/** What was found, for people: by phase, and for what is wrong where, who breaks by it, and what to do. */
export function showFindings(
  findings: readonly Finding[],
  { colour, columns }: Pick<Io, 'colour' | 'columns'>,
): string {
  const line = (indent: number, text: string) =>
    `${fold(`${' '.repeat(indent)}${text}`, columns)}\n`;
  const entry = (outcome: Finding['outcome'], text: string) => {
    const mark = colour ? `\u001b[${colours[outcome]}m${marks[outcome]}\u001b[0m` : marks[outcome];
    return `  ${mark}  ${line(8, text).slice(8)}`;
  };

  const shown = (finding: Finding): string => {
    const { check, outcome, said = check.title, where, remedy = check.remedy } = finding;
    if (outcome === 'ok') return entry(outcome, said);
    return [
      entry(outcome, said),
      where === undefined ? '' : line(8, `at: ${where}`),
      line(8, `Breaks: ${check.breaks}`),
      line(8, `To do: ${remedy}`),
    ].join('');
  };
  const paragraphs = phases.map((phase) => {
    const ofPhase = findings.filter(({ check }) => check.phase === phase);
    const seen = ofPhase.filter(({ outcome }) => outcome !== 'skip').map(shown);
    return `${phase}\n${seen.join('')}${skipped(ofPhase)
      .map((text) => entry('skip', text))
      .join('')}`;
  });
  return paragraphs.join('\n');
}

/** What was skipped, by its reason: one cause is one line. */
function skipped(findings: readonly Finding[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { outcome, said = '', check } of findings) {
    if (outcome === 'skip') byReason.set(said, [...(byReason.get(said) ?? []), check.id]);
  }
  return [...byReason].map(([reason, ids]) => {
    const what = ids.length > MAX_NAMED ? `${ids.length} checks` : ids.join(', ');
    return `${what}: ${reason}`;
  });
}

/** Such as `1 failure, 2 warnings, 30 ok, 4 skipped.`, and who was asked. */
export function summary(findings: readonly Finding[], { asked }: Pick<Patient, 'asked'>): string {
  const count = (outcome: Finding['outcome']) =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const plural = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const counts = [
    plural(count('fail'), 'failure'),
    plural(count('warn'), 'warning'),
    ...[`${count('ok')} ok`, `${count('skip')} skipped`],
  ];
  return `${counts.join(', ')}. Asked: ${[...asked].join(', ')}.`;
}
