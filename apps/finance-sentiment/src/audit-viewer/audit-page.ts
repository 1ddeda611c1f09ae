import {
  alertBox,
  code,
  type Html,
  html,
  layout,
  type PageFrame,
} from '@portcullis/provider-local/pages';
import type { AuditChain } from './audit-chain.js';
import type { AuditEntry } from './audit-entry.js';
import {
  type AuditFilter,
  type AuditPageOf,
  decisions,
  toQuery,
  unreadable,
} from './audit-filter.js';

/** Where the viewer lives. */
export const AUDIT_PATH = '/admin/audit';

/** Calls that the page of one entry shows; a link leads to all. */
const MOST_CALLS = 200;

/** The list with its filters. */
export function auditPage(frame: PageFrame, found: AuditPageOf, filter: AuditFilter): string {
  const { shown, page, pages, total } = found;
  const exported = (format: string) =>
    `${AUDIT_PATH}/export.${format}${toQuery({ ...filter, page: 1 })}`;
  const to = (number: number) => `${AUDIT_PATH}${toQuery({ ...filter, page: number })}`;
  return document(
    frame,
    'Audit trail',
    html`<h1>Audit trail</h1>
<p class="lead">Who was let do what, and why not. Arguments are not kept, only their size and SHA-256. Times are UTC.</p>
${unreadable(filter).map((name) => alertBox(`“${labels[name]}” is no time`, 'It was left out. Write it like 2026-10-31 or 2026-10-31T08:00Z.'))}
${filterForm(filter)}
<p class="fine">${total} ${total === 1 ? 'entry' : 'entries'}, newest first.
Export: <a href="${exported('csv')}">CSV</a>, <a href="${exported('jsonl')}">JSON lines</a></p>
${total === 0 ? html`<p>Nothing fits.</p>` : table(shown, 'Entries')}
<nav aria-label="Pages">
${page > 1 && html`<a rel="prev" href="${to(page - 1)}">Newer</a>`}
<span>Page ${page} of ${pages}</span>
${page < pages && html`<a rel="next" href="${to(page + 1)}">Older</a>`}
</nav>`,
  );
}

/** One line, and what it hangs together with. */
export function entryPage(frame: PageFrame, entry: AuditEntry, chain: AuditChain): string {
  const { consent, tokens, calls } = chain;
  const all = (id: string) =>
    html`<p class="fine">These are the newest ${MOST_CALLS} of ${calls.length}. <a href="${AUDIT_PATH}${toQuery({ id })}">All of them</a></p>`;
  return document(
    frame,
    `Audit trail: ${entry.what}`,
    html`<p><a href="${AUDIT_PATH}">← Audit trail</a></p>
<h1>${code(entry.what)}</h1>
<dl class="facts">${facts(entry)}</dl>
<h2>How it came to this, and what came of it</h2>
<h3>Consent</h3>
${
  consent
    ? table([consent], 'Consent')
    : html`<p>No answer of a person: a machine, an issuer elsewhere, or longer ago than this trail goes.</p>`
}
<h3>Tokens</h3>
${tokens.length > 0 ? table(tokens, 'Tokens') : html`<p>None that the issuer wrote down here.</p>`}
<h3>Calls with them</h3>
${calls.length > 0 ? table(calls.slice(-MOST_CALLS), 'Calls') : html`<p>None.</p>`}
${calls.length > MOST_CALLS && all(entry.grantId ?? entry.tokenId ?? '')}`,
  );
}

/** What has no page. */
export function missingPage(frame: PageFrame): string {
  return document(
    frame,
    'Audit trail: not here',
    html`<p><a href="${AUDIT_PATH}">← Audit trail</a></p>
<h1>There is nothing here</h1>
<p class="lead">The viewer has the newest 10,000 events. What is older is in the file that AUDIT_LOG names.</p>`,
  );
}

/**
 * The way in.
 *
 * @param to - Path and query that it leads to.
 */
export function signInPage(frame: PageFrame, to: string, problem?: string): string {
  const title = 'Sign in to the audit trail';
  return layout(frame, {
    title,
    main: html`<h1>${title}</h1>
${problem !== undefined && alertBox('You are not signed in', problem)}
<form method="post" action="${AUDIT_PATH}/sign-in" class="fields">
<input type="hidden" name="to" value="${to}">
<div class="field">
<label for="username">User name</label>
<input id="username" name="username" value="admin" autocomplete="username" readonly>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required>
</div>
<button type="submit" class="button button-main">Sign in</button>
</form>`,
  });
}

/** For a form that came from elsewhere, often from another spelling of this address. */
export function strangeOriginPage(frame: PageFrame, publicUrl: string): string {
  const title = 'This form was not accepted';
  return layout(frame, {
    title,
    main: html`<h1>${title}</h1>
<p class="lead">It did not come from ${publicUrl}, and nothing was done. Open the viewer there and try again.</p>
<p><a class="button button-main" href="${publicUrl}${AUDIT_PATH}">Open the audit trail</a></p>`,
  });
}

function document(frame: PageFrame, title: string, content: Html): string {
  return layout(frame, {
    title,
    aside: html`<form method="post" action="${AUDIT_PATH}/sign-out" class="account"><button type="submit" class="link">Sign out</button></form>`,
    main: html`<div class="wide">
${content}
</div>`,
  });
}

const labels = {
  subject: 'Who',
  client: 'Client',
  what: 'What',
  id: 'Any id',
  from: 'From',
  to: 'To',
} as const;

function filterForm(filter: AuditFilter): Html {
  const field = (name: keyof typeof labels, placeholder?: string) =>
    html`<div class="field"><label for="${name}">${labels[name]}</label><input id="${name}" name="${name}" value="${filter[name]}" maxlength="200"${placeholder !== undefined && html` placeholder="${placeholder}"`}></div>
`;
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === filter.decision && html` selected`}>${text}</option>`;
  return html`<form method="get" action="${AUDIT_PATH}" class="fields filter">
<div class="field"><label for="decision">Decision</label><select id="decision" name="decision">
${[option('', 'any'), ...decisions.map((each) => option(each, each))]}
</select></div>
${field('subject')}${field('client')}${field('what')}${field('id')}${field('from', '2026-10-31')}${field('to', '2026-10-31')}
<button type="submit" class="button button-main">Filter</button>
</form>`;
}

function table(entries: readonly AuditEntry[], name: string): Html {
  const heads = [
    ...['Time', 'Who', 'Client', 'What', 'Required', 'Held', 'Decision', 'Reason', 'ms', 'Request'],
  ];
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${entries.map(row)}</tbody>
</table></div>`;
}

function row(entry: AuditEntry): Html {
  const { id, at, client, what, required, held, missing, decision, requestId } = entry;
  return html`<tr class="${decision}">
<td><a href="${AUDIT_PATH}/${encodeURIComponent(id)}">${time(at)}</a></td>
<td>${who(entry)}</td>
<td>${orDash(client)}</td>
<td>${code(what)}</td>
<td>${scopes(required, missing)}</td>
<td>${scopes(held)}</td>
<td>${decided(entry)}</td>
<td>${reason(entry)}</td>
<td>${entry.durationMs}</td>
<td><a href="${AUDIT_PATH}${toQuery({ id: requestId })}">${code(requestId.slice(0, 8))}</a></td>
</tr>
`;
}

function facts(entry: AuditEntry): readonly Html[] {
  const { at, client, required, held, missing, tokenId, grantId, requestId, input } = entry;
  const id = (text?: string) =>
    text === undefined
      ? html`–`
      : html`<a href="${AUDIT_PATH}${toQuery({ id: text })}">${code(text)}</a>`;
  const rows: readonly (readonly [string, Html])[] = [
    ['Time', html`${time(at)} UTC`],
    ['Who', who(entry)],
    ['Client', orDash(client)],
    ['Decision', html`${decided(entry)}`],
    ['Reason', orDash(entry.reason)],
    ['Detail', orDash(entry.detail)],
    ['Required', scopes(required, missing)],
    ['Held', scopes(held)],
    ['Took', html`${entry.durationMs === undefined ? '–' : `${entry.durationMs} ms`}`],
    ['Request', id(requestId)],
    ['Token', id(tokenId)],
    ['Grant', id(grantId)],
    ['Arguments', orDash(input && `${input.bytes} bytes, SHA-256 ${input.sha256}`)],
  ];
  return rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`);
}

/** Scopes, one a line; a long list is collapsed. */
function scopes(all: readonly string[], missing: readonly string[] = []): Html {
  const lines = all.map(
    (scope) =>
      html`<div>${code(scope)}${missing.includes(scope) && html` <strong>not held</strong>`}</div>`,
  );
  if (all.length === 0) return html`–`;
  if (all.length < 4) return html`${lines}`;
  return html`<details><summary>${all.length} scopes</summary>${lines}</details>`;
}

const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);

function who({ actor, subject, actingFor }: AuditEntry): Html {
  if (actor === 'nobody') return html`nobody`;
  const by = actingFor.map((each) => html`<div>by ${code(each)}</div>`);
  return html`${code(subject)}${actor === 'service' && ' (service)'}${by}`;
}

const decided = ({ decision, ended }: AuditEntry): string =>
  ended === undefined || ended === 'succeeded' ? decision : `${decision}, ${ended}`;

/** A word, or what the issuer says about its own doing. */
const reason = ({ reason: word, detail, decision }: AuditEntry): Html =>
  orDash(word || (decision === 'issuer' ? detail : ''));

const orDash = (text = ''): Html => (text === '' ? html`–` : code(text));
