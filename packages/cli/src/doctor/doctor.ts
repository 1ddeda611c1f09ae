import { sendOverHttp } from '@portcullis/conformance';
import type { ExitCode, Io } from '../io.js';
import { visible } from '../printable.js';
import { isProblems, problemLines } from '../problem.js';
import { readDoctorArguments } from './doctor-arguments.js';
import { examine, type Finding } from './examine.js';
import { createPatient, type Patient } from './patient.js';
import { showFindings, summary } from './show-findings.js';

/** Milliseconds for one question. */
const TIMEOUT_MS = 10_000;

/**
 * `portcullis doctor <url>`: asks a deployed MCP server what clients ask, and says which of them would break by the answers.
 *
 * @param words - What follows the command.
 */
export async function doctor(words: readonly string[], io: Io): Promise<ExitCode> {
  const options = await readDoctorArguments(words, io);
  if (isProblems(options)) {
    io.err(`Cannot examine:\n${problemLines(options, io.columns)}`);
    return 2;
  }
  const { url, json, register, token } = options;
  const { timeoutMs = TIMEOUT_MS } = io;
  const patient = createPatient({
    ...{ url, token, timeoutMs },
    ...{ mayRegister: register, send: sendOverHttp({ timeoutMs }) },
  });
  const findings = await examine(patient);
  if (json) io.out(toJson(findings, patient));
  else {
    io.out(`${visible(url)}\n\n${showFindings(findings, io)}\n`);
    io.out(`${summary(findings, patient)}\n`);
  }
  return findings.some(({ outcome }) => outcome === 'fail') ? 1 : 0;
}

function toJson(findings: readonly Finding[], { url, asked }: Patient): string {
  const report = {
    url: visible(url),
    asked: [...asked],
    findings: findings.map(({ check, outcome, said = check.title, where, remedy }) => ({
      ...{ id: check.id, phase: check.phase, outcome, said },
      ...(check.requirement === undefined ? {} : { requirement: check.requirement }),
      ...(where === undefined ? {} : { where }),
      ...(outcome === 'warn' || outcome === 'fail'
        ? { breaks: check.breaks, remedy: remedy ?? check.remedy }
        : {}),
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
