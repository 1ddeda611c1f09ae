/** Milliseconds in a day. */
export const DAY = 86_400_000;

const date = /^\d{4}-\d{2}-\d{2}$/;
const dateTime =
  /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads an ISO 8601 date or date-time; without a zone it is UTC.
 *
 * @param edge - Which end of the day a date alone means. Default `start`.
 * @returns Milliseconds since the epoch, or `undefined` for anything else, days such as 30 February included.
 */
export function parseTime(text: string, edge: 'start' | 'end' = 'start'): number | undefined {
  const trimmed = text.trim();
  if (date.test(trimmed)) {
    const at = Date.parse(`${trimmed}T00:00:00.000Z`);
    if (Number.isNaN(at) || dayOf(at) !== trimmed) return undefined;
    return edge === 'start' ? at : at + DAY - 1;
  }
  const match = dateTime.exec(trimmed);
  if (!match) return undefined;
  const [, day = '', zone = ''] = match;
  if (parseTime(day) === undefined) return undefined;
  const at = Date.parse(`${trimmed.replace(' ', 'T')}${zone === '' ? 'Z' : ''}`);
  return Number.isNaN(at) ? undefined : at;
}

const mailDateTime =
  /^(?:[a-z]{3,9},?\s+)?((\d{1,2})\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+(?:\d\d){1,2})\s+(\d\d:\d\d(?::\d\d)?)(?:\s+(ut|utc|gmt|z|[ecmp][sd]t|[+-]\d{4}))?(?:\s+\([^()]*\))?$/i;

/**
 * Reads a date-time as mail and RSS 2.0 write it, such as `Sat, 31 Oct 2026 08:00:00 +0100`; without a zone it is UTC.
 *
 * @returns Milliseconds since the epoch, or `undefined` for anything else, days such as 30 February included.
 * @see RFC 5322 §3.3
 */
export function parseMailTime(text: string): number | undefined {
  const match = mailDateTime.exec(text.trim());
  if (!match) return undefined;
  const [, date = '', day, time, zone = 'GMT'] = match;
  // The engine takes 30 February for a day in March.
  if (new Date(`${date} GMT`).getUTCDate() !== Number(day)) return undefined;
  const at = Date.parse(`${date} ${time} ${zone}`);
  return Number.isNaN(at) ? undefined : at;
}

/** The UTC day, `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
