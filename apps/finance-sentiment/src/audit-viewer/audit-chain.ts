import type { AuditEntry } from './audit-entry.js';

/** How a call came to be allowed: what a person consented to, the tokens that came of it, and everything that was done with them. */
export interface AuditChain {
  /** The newest answer of the person before the first token. Absent for machines, and where the issuer is somebody else. */
  readonly consent?: AuditEntry;
  /** Oldest first. */
  readonly tokens: readonly AuditEntry[];
  /** Oldest first. */
  readonly calls: readonly AuditEntry[];
}

/** What one line hangs together with. */
export function auditChain(entries: readonly AuditEntry[], entry: AuditEntry): AuditChain {
  const oldestFirst = [...entries].reverse();
  const grantId = entry.grantId ?? grantOf(entries, entry.tokenId);
  const tokens = oldestFirst.filter(
    (each) =>
      each.decision === 'issuer' &&
      each.tokenId !== undefined &&
      (grantId === undefined ? each.tokenId === entry.tokenId : each.grantId === grantId),
  );
  const ids = new Set(tokens.flatMap(({ tokenId = '' }) => tokenId).concat(entry.tokenId ?? []));
  const calls = oldestFirst.filter(
    ({ decision, tokenId }) => decision !== 'issuer' && tokenId !== undefined && ids.has(tokenId),
  );
  const [first = entry] = tokens;
  const consent = oldestFirst.findLast(
    ({ what, at, client, subject }) =>
      what.startsWith('consent_') &&
      what !== 'consent_shown' &&
      at <= first.at &&
      client === first.client &&
      subject === first.subject,
  );
  return { ...(consent ? { consent } : {}), tokens, calls };
}

function grantOf(entries: readonly AuditEntry[], tokenId?: string): string | undefined {
  if (tokenId === undefined) return undefined;
  return entries.find((each) => each.tokenId === tokenId && each.grantId !== undefined)?.grantId;
}
