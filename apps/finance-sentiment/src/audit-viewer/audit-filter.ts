import { parseTime } from '../news/dates.js';
import type { AuditEntry } from './audit-entry.js';

/** What the query string asks for. Empty texts ask for nothing. */
export interface AuditFilter {
  readonly decision: string;
  readonly subject: string;
  readonly client: string;
  readonly what: string;
  /** Of a request, a token, a grant or an entry, whole. */
  readonly id: string;
  /** ISO dates or date-times as written. */
  readonly from: string;
  readonly to: string;
  /** From 1. */
  readonly page: number;
}

/** The words that `decision` may be. */
export const decisions = [
  'allowed',
  'denied',
  'challenged',
  'unavailable',
  'issuer',
  'discovery',
] as const;

/** Lines of one page. */
const PAGE_SIZE = 100;
/** The longest text that is looked for, in characters. */
const MAX_TEXT = 200;

/** Reads a filter. Whatever cannot be one asks for nothing. */
export function readFilter(query: URLSearchParams): AuditFilter {
  const text = (name: string) => (query.get(name) ?? '').trim().slice(0, MAX_TEXT);
  const page = Number(query.get('page') ?? 1);
  const decision = decisions.find((each) => each === text('decision')) ?? '';
  return {
    ...{ decision, subject: text('subject'), client: text('client'), what: text('what') },
    ...{ id: text('id'), from: text('from'), to: text('to') },
    page: Number.isSafeInteger(page) && page >= 1 ? page : 1,
  };
}

/** Which times of a filter are none: they ask for nothing. */
export function unreadable(filter: AuditFilter): readonly ('from' | 'to')[] {
  const times = ['from', 'to'] as const;
  return times.filter((name) => filter[name] !== '' && parseTime(filter[name]) === undefined);
}

/** A filter as a query string, without what is not asked. */
export function toQuery(filter: Partial<AuditFilter>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== '' && !(name === 'page' && value === 1)) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}

/** The lines that a filter lets through, in their order. */
export function filtered(
  entries: readonly AuditEntry[],
  filter: AuditFilter,
): readonly AuditEntry[] {
  const { decision, id } = filter;
  const holds = (text: string, wanted: string) =>
    wanted === '' || text.toLowerCase().includes(wanted.toLowerCase());
  const from = parseTime(filter.from) ?? Number.NEGATIVE_INFINITY;
  const to = parseTime(filter.to, 'end') ?? Number.POSITIVE_INFINITY;
  return entries.filter(
    (entry) =>
      (decision === '' || entry.decision === decision) &&
      (id === '' || [entry.requestId, entry.tokenId, entry.grantId, entry.id].includes(id)) &&
      holds(entry.subject, filter.subject) &&
      holds(entry.client, filter.client) &&
      holds(entry.what, filter.what) &&
      entry.at >= from &&
      entry.at <= to,
  );
}

/** One page of lines. */
export interface AuditPageOf {
  readonly shown: readonly AuditEntry[];
  /** From 1; the last one for a number beyond it. */
  readonly page: number;
  readonly pages: number;
  /** Lines of all pages. */
  readonly total: number;
}

/** Cuts lines into pages. */
export function pageOf(entries: readonly AuditEntry[], wanted: number): AuditPageOf {
  const pages = Math.max(1, Math.ceil(entries.length / PAGE_SIZE));
  const page = Math.min(wanted, pages);
  const start = (page - 1) * PAGE_SIZE;
  return {
    shown: entries.slice(start, start + PAGE_SIZE),
    ...{ page, pages, total: entries.length },
  };
}
