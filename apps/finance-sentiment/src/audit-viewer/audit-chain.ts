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
  const consent = isConsent(entry) ? entry : consentBehind(oldestFirst, entry);
  const grants = new Set(entry.grantId === undefined ? [] : [entry.grantId]);
  if (consent === entry) {
    for (const each of remembered(oldestFirst, entry)) grants.add(each);
  }
  const belongs = ({ grantId, tokenId }: AuditEntry) =>
    grantId === undefined
      ? tokenId !== undefined && tokenId === entry.tokenId
      : grants.has(grantId);
  const others = oldestFirst.filter((each) => belongs(each) && !isConsent(each));
  return {
    ...(consent ? { consent } : {}),
    tokens: others.filter(({ decision }) => decision === 'issuer'),
    calls: others.filter(({ decision }) => decision !== 'issuer'),
  };
}

const isConsent = ({ what }: AuditEntry) =>
  what === 'consent_allowed' || what === 'consent_partial';

/** The answer that a grant was given by; where nobody was asked anew, the last one before it. */
function consentBehind(
  oldestFirst: readonly AuditEntry[],
  { grantId }: AuditEntry,
): AuditEntry | undefined {
  if (grantId === undefined) return undefined;
  const ofGrant = oldestFirst.filter((each) => each.grantId === grantId);
  const [first] = ofGrant;
  return (
    ofGrant.find(isConsent) ??
    oldestFirst.findLast(
      (each) =>
        isConsent(each) &&
        each.at <= (first?.at ?? 0) &&
        each.client === first?.client &&
        each.subject === first.subject,
    )
  );
}

/** Grants without an answer of their own that go back to this one. */
function remembered(oldestFirst: readonly AuditEntry[], consent: AuditEntry): readonly string[] {
  const { client, subject } = consent;
  const grants = oldestFirst.flatMap((each) =>
    each.client === client && each.subject === subject ? (each.grantId ?? []) : [],
  );
  return [...new Set(grants)].filter(
    (grantId) => consentBehind(oldestFirst, { ...consent, grantId }) === consent,
  );
}
