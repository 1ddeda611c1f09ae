import { checks } from './checks/index.js';
import { obstacle } from './facts.js';
import type { Patient } from './patient.js';
import { type Check, phases, skip, type Verdict } from './verdict.js';

/** One check and what became of it. */
export interface Finding extends Verdict {
  readonly check: Check;
}

/** Looks at everything, phase by phase, and within a phase at once: each question is asked only once. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  // Alone, so that its time is its own.
  const blocked = await obstacle(patient);
  const findings: Finding[] = [];
  for (const phase of phases) {
    const ofPhase = checks.filter((check) => check.phase === phase);
    findings.push(
      ...(await Promise.all(
        ofPhase.map(async (check) => {
          const asked = blocked === undefined || check.anyhow === true;
          return { check, ...(asked ? await check.examine(patient) : skip(blocked)) };
        }),
      )),
    );
  }
  return findings;
}
