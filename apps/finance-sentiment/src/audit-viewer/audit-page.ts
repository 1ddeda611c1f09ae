import { HOME_STYLE_PATH } from '../home-style.js';
import { type Html, html } from '../html.js';
import type { AuditChain } from './audit-chain.js';
import type { AuditEntry } from './audit-entry.js';
import { type AuditFilter, decisions, toQuery } from './audit-filter.js';
import { AUDIT_STYLE_PATH } from './audit-style.js';

/** Where the viewer lives. */
export const AUDIT_PATH = '/admin/audit';

/** The list with its filters. */
export function auditPage(
  entries: readonly AuditEntry[],
  filter: AuditFilter,
  { pages, total }: { readonly pages: number; readonly total: number },
): string {
  const { page } = filter;
  const exported = (format: string) =>
    `${AUDIT_PATH}/export.${format}${toQuery({ ...filter, page: 1 })}`;
  return document(
    'Audit trail',
    html`<h1>Audit trail</h1>
<p class="lead">Who was let do what, and why not. Arguments are not kept, only their size and SHA-256.</p>
${filterForm(filter)}
<p class="count">${total} ${total === 1 ? 'entry' : 'entries'}, newest first.
Export: <a href="${exported('csv')}">CSV</a>, <a href="${exported('jsonl')}">JSON lines</a></p>
${entries.length === 0 ? html`<p class="empty">Nothing fits.</p>` : table(entries)}
<nav aria-label="Pages">
${page > 1 && html`<a rel="prev" href="${AUDIT_PATH}${toQuery({ ...filter, page: page - 1 })}">Newer</a>`}
<span>Page ${Math.min(page, pages)} of ${pages}</span>
${page < pages && html`<a rel="next" href="${AUDIT_PATH}${toQuery({ ...filter, page: page + 1 })}">Older</a>`}
</nav>`,
    true,
  );
}

/** One line, and what it hangs together with. */
export function entryPage(entry: AuditEntry, { consent, tokens, calls }: AuditChain): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Time', time(entry.at)],
    ['Who', who(entry)],
    ['Client', entry.client || '–'],
    ['What', entry.what],
    ['Decision', decided(entry)],
    ['Required', entry.required.join(' ') || 'nothing'],
    ['Held', entry.held.join(' ') || 'nothing'],
    ['Missing', entry.missing.join(' ') || 'nothing'],
    ['Token', entry.tokenId ?? '–'],
    ['Request', entry.requestId],
    ['Arguments', entry.input ? `${entry.input.bytes} bytes, SHA-256 ${entry.input.sha256}` : '–'],
  ];
  return document(
    `Audit trail: ${entry.what}`,
    html`<p><a href="${AUDIT_PATH}">← Audit trail</a></p>
<h1>${entry.what}</h1>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<h2>How it came to this</h2>
${section('Consent', consent ? [consent] : [], 'Nobody was asked here: a machine, or an issuer elsewhere.')}
${section('Tokens', tokens, 'None that this issuer wrote down.')}
${section('Calls with them', calls.slice(-200), 'None.')}`,
    true,
  );
}

/** The way in. */
export function signInPage(problem?: string): string {
  return document(
    'Sign in to the audit trail',
    html`<h1>Audit trail</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="${AUDIT_PATH}/sign-in">
<input type="hidden" name="username" value="admin" autocomplete="username">
<label for="password">Password of the administrator</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>`,
    false,
  );
}

function document(title: string, content: Html, signedIn: boolean): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${HOME_STYLE_PATH}">
<link rel="stylesheet" href="${AUDIT_STYLE_PATH}">
</head>
<body>
<main class="wide">
<div class="card">
${content}
</div>
${
  signedIn &&
  html`<form method="post" action="${AUDIT_PATH}/sign-out"><button class="quiet">Sign out</button></form>`
}
</main>
</body>
</html>
`.html;
}

function filterForm(filter: AuditFilter): Html {
  const field = (name: 'subject' | 'client' | 'what' | 'from' | 'to', label: string) =>
    html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${filter[name]}"></div>`;
  const option = (value: string, text: string) =>
    value === filter.decision
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  return html`<form method="get" action="${AUDIT_PATH}" class="filter">
<div><label for="decision">Decision</label><select id="decision" name="decision">
${[option('', 'any'), ...decisions.map((each) => option(each, each))]}
</select></div>
${field('subject', 'Who')}${field('client', 'Client')}${field('what', 'What')}${field('from', 'From (ISO date)')}${field('to', 'To (ISO date)')}
<button>Filter</button>
</form>`;
}

function table(entries: readonly AuditEntry[]): Html {
  const heads = ['Time', 'Who', 'Client', 'What', 'Required', 'Decision', 'ms'];
  return html`<div class="scroll" role="region" aria-label="Entries" tabindex="0"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${entries.map(
    (entry) => html`<tr class="${entry.decision}">
<td><a href="${AUDIT_PATH}/${entry.id}">${time(entry.at)}</a></td>
<td>${who(entry)}</td>
<td>${entry.client}</td>
<td>${entry.what}</td>
<td>${entry.required.join(' ')}</td>
<td>${decided(entry)}</td>
<td>${entry.durationMs ?? ''}</td>
</tr>`,
  )}</tbody>
</table></div>`;
}

function section(title: string, entries: readonly AuditEntry[], none: string): Html {
  return html`<h3>${title}</h3>${entries.length === 0 ? html`<p>${none}</p>` : table(entries)}`;
}

const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);

function who({ actor, subject }: AuditEntry): string {
  if (actor === 'nobody') return 'nobody';
  return actor === 'service' ? `${subject} (service)` : subject;
}

function decided({ decision, reason, missing, ended }: AuditEntry): string {
  const why = [reason, missing.join(' ')].filter(Boolean).join(': ');
  return [ended === undefined || ended === 'succeeded' ? decision : `${decision}, ${ended}`, why]
    .filter(Boolean)
    .join(' – ');
}
