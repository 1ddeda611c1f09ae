import { clientFacts, strangerWarning, technicalDetails } from './client-facts.js';
import { cleanLine, cleanName } from './display-text.js';
import { type Html, html } from './html.js';
import { alertBox, code, layout, letterTile } from './layout.js';
import { groupOrder } from './scope-group.js';
import { groupHints, groupNames, texts } from './texts.js';
import type { ConsentView, ScopeChoice, ScopeGroup } from './views.js';

const { consent } = texts;

/** With more scopes in a bundle than this, they are collapsed. */
const MOST_OPEN = 4;

/**
 * The page that asks what a client may do. Posts `csrf`, `decision` (`allow` or `deny`) and one `scope` for each ticked box to
 * `view.action`; "Not you?" posts `csrf` to `view.switchAccount`. Broad access is never ticked, whatever the view says.
 */
export function consentPage(view: ConsentView): string {
  const client = cleanName(view.clientName, texts.unnamedClient);
  const title = consent.title(client, cleanLine(view.serverName));
  return layout(view, {
    title,
    aside: signedIn(view),
    main: html`<div class="heading">${letterTile(client)}<h1>${title}</h1></div>
${problem(view)}
${clientFacts(view, client)}
${strangerWarning(view, client)}
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
${scopeGroups(view.choices)}
${alreadyAllowed(view)}
${decision(view)}
</form>
<p class="fine">${view.choices.length > 0 && `${consent.lasts(view.lastsDays)} `}<a href="${view.connectedApps}">${consent.manage}</a></p>
${technicalDetails(view)}`,
  });
}

function problem({ problem: what }: ConsentView): Html | undefined {
  if (what === undefined) return undefined;
  const { title, text } = consent.problems[what];
  return alertBox(title, text);
}

function signedIn(view: ConsentView): Html {
  return html`<form method="post" action="${view.switchAccount}" class="account">
<input type="hidden" name="csrf" value="${view.csrf}">
<span class="account-name">${consent.signedInAs} <strong>${cleanName(view.displayName, '')}</strong></span>
<button type="submit" class="link">${consent.switchAccount}</button>
</form>`;
}

function scopeGroups(choices: readonly ScopeChoice[]): Html {
  if (choices.length === 0) {
    return html`<h2>${consent.nothingToAllow}</h2>
<p>${consent.nothingToAllowAdvice}</p>`;
  }
  const groups = groupOrder
    .map((group) => ({ group, members: choices.filter((choice) => choice.group === group) }))
    .filter(({ members }) => members.length > 0);
  return html`<h2>${consent.asks}</h2>
${groups.map(({ group, members }) => scopeGroupFields(group, members))}`;
}

function scopeGroupFields(group: ScopeGroup, members: readonly ScopeChoice[]): Html {
  return html`<fieldset class="group group-${group}">
<legend>${groupNames[group]}${groupHints[group] !== '' && html` <span class="legend-hint">${groupHints[group]}</span>`}</legend>
${members.map((choice, index) => scopeRow(choice, `scope-${group}-${index + 1}`))}
</fieldset>
`;
}

function scopeRow(choice: ScopeChoice, id: string): Html {
  const { scope, description, group, ticked, isNew } = choice;
  const checked = ticked && group !== 'broad' && html` checked`;
  return html`<div class="scope">
<input type="checkbox" id="${id}" name="scope" value="${scope}" aria-describedby="${id}-hint"${checked}>
<div class="scope-text">
<label for="${id}">${cleanLine(description)}${isNew && html` <span class="new">${consent.isNew}</span>`}</label>
<p class="hint" id="${id}-hint">${code(scope)}</p>
${included(choice)}
</div>
</div>
`;
}

function included({ includes = [] }: ScopeChoice): Html | undefined {
  if (includes.length === 0) return undefined;
  return html`<details class="more includes"${includes.length <= MOST_OPEN && html` open`}>
<summary>${consent.includes(includes.length)}</summary>
<ul>
${includes.map((sentence) => html`<li>${cleanLine(sentence)}</li>\n`)}
</ul>
</details>`;
}

function decision({ choices }: ConsentView): Html {
  if (choices.length === 0) {
    return html`<div class="decision">
<button type="submit" class="button" name="decision" value="deny">${consent.goBack}</button>
</div>`;
  }
  return html`<div class="decision">
<button type="submit" class="button" name="decision" value="deny">${consent.deny}</button>
<button type="submit" class="button button-main" name="decision" value="allow">${consent.allow}</button>
</div>`;
}

function alreadyAllowed({ alreadyAllowed: scopes }: ConsentView): Html | undefined {
  if (scopes.length === 0) return undefined;
  return html`<details class="more">
<summary>${consent.alreadyAllowed(scopes.length)}</summary>
<ul>
${scopes.map(({ scope, description }) => html`<li>${cleanLine(description)} ${code(scope)}</li>\n`)}
</ul>
</details>`;
}
