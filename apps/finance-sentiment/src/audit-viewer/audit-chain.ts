import type { AuditEntry } from './audit-entry.js';

/** What one line hangs together with: what a person consented to, the tokens that came of it, and everything that was done with them. */
export interface AuditChain {
  /** Absent for machines, where the issuer is somebody else, and where the answer is older than what is kept. */
  readonly consent?: AuditEntry;
  /** What the issuer did with these tokens. Oldest first. */
  readonly tokens: readonly AuditEntry[];
  /** Oldest first. */
  readonly calls: readonly AuditEntry[];
}

/**
 * From a call or a token back to the consent; from a consent forward to all that came of it, also of sign-ins at which the answer was only
 * remembered.
 *
 * @param entries - Newest first.
 */
export function auditChain(entries: readonly AuditEntry[], entry: AuditEntry): AuditChain {
  const oldestFirst = entries.toReversed();
  const answers = answersByGrant(oldestFirst);
  const { grantId = '' } = entry;
  const consent = isConsent(entry) ? entry : answers.get(grantId);
  const grants = isConsent(entry)
    ? new Set([...answers].flatMap(([grant, answer]) => (answer === entry ? grant : [])))
    : new Set([grantId]);
  const belongs = (each: AuditEntry) =>
    each.grantId === undefined
      ? each.tokenId !== undefined && each.tokenId === entry.tokenId
      : grants.has(each.grantId);
  const others = oldestFirst.filter((each) => belongs(each) && !isConsent(each));
  return {
    ...(consent ? { consent } : {}),
    tokens: others.filter(({ decision }) => decision === 'issuer'),
    calls: others.filter(({ decision }) => decision !== 'issuer'),
  };
}

const isConsent = ({ what }: AuditEntry) =>
  what === 'consent_allowed' || what === 'consent_partial';

/** The answer that each grant was given by; where nobody was asked anew, the last one of that person about that client. */
function answersByGrant(
  oldestFirst: readonly AuditEntry[],
): ReadonlyMap<string, AuditEntry | undefined> {
  const latest = new Map<string, AuditEntry>();
  const answers = new Map<string, AuditEntry | undefined>();
  for (const each of oldestFirst) {
    const { client, subject, grantId } = each;
    const who = JSON.stringify([client, subject]);
    if (isConsent(each)) latest.set(who, each);
    if (grantId !== undefined && !answers.has(grantId)) answers.set(grantId, latest.get(who));
  }
  return answers;
}
