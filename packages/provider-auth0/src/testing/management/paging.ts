import { type ManagementAnswer, ok } from './management-answer.js';

const MAX_PER_PAGE = 100;

/** A page by number: the answer of `/resource-servers` and `/clients`. */
export function offsetPage(
  key: string,
  items: readonly object[],
  query: URLSearchParams,
): ManagementAnswer {
  const limit = bounded(query.get('per_page'), 50);
  const start = Math.max(0, Number(query.get('page') ?? 0) || 0) * limit;
  const page = items.slice(start, start + limit).map((item) => withFields(item, query));
  if (query.get('include_totals') !== 'true') return ok(page);
  return ok({ start, limit, total: items.length, [key]: page });
}

/**
 * A page by checkpoint: the answer of `/connections` and `/client-grants`. `next` is missing on the
 * last one.
 */
export function checkpointPage(
  key: string,
  items: readonly { readonly id: string }[],
  query: URLSearchParams,
): ManagementAnswer {
  const take = bounded(query.get('take'), 50);
  const from = query.get('from');
  const start = from === null ? 0 : items.findIndex(({ id }) => id === from) + 1;
  const page = items.slice(start, start + take);
  const last = page.at(-1);
  const more = last !== undefined && start + take < items.length ? { next: last.id } : {};
  return ok({ ...more, [key]: page.map((item) => withFields(item, query)) });
}

/** Only the named fields, or all but those. */
function withFields(item: object, query: URLSearchParams): object {
  const named = query.get('fields')?.split(',');
  if (!named) return item;
  const included = query.get('include_fields') !== 'false';
  const entries = Object.entries(item).filter(([name]) => named.includes(name) === included);
  return Object.fromEntries(entries);
}

const bounded = (text: string | null, fallback: number): number =>
  Math.min(MAX_PER_PAGE, Math.max(1, Number(text ?? fallback) || fallback));
