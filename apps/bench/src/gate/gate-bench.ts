import type { Effort } from '../in-turn.js';
import type { ShownRow } from '../report.js';
import { benchIssuer } from './bench-issuer.js';
import { expressRows, fetchRows } from './calls.js';
import { memoryRow } from './memory.js';
import { decisionRows } from './scope-decisions.js';
import { seenRows, unseenRows } from './verification.js';

/** How long everything takes. */
export interface GateEffort {
  /** For single functions. */
  readonly quick: Effort;
  /** For whole calls, whose code is a hundred times as long. */
  readonly whole: Effort;
  /** How many tokens are remembered to weigh them. */
  readonly remembered: number;
}

/** Our gate against its peers and against none, in one process and in turn. */
export async function gateBench({
  quick,
  whole,
  remembered,
}: GateEffort): Promise<readonly ShownRow[]> {
  const issuer = await benchIssuer();
  try {
    return [
      ...(await seenRows(issuer, quick)),
      ...(await unseenRows(issuer, quick)),
      ...(await decisionRows(quick)),
      ...(await fetchRows(issuer, whole)),
      ...(await expressRows(issuer, whole)),
      await memoryRow(issuer, remembered),
    ];
  } finally {
    issuer.close();
  }
}
