import { cleanLine, cleanName } from './display-text.js';
import { html } from './html.js';
import { alertBox, layout, letterTile } from './layout.js';
import { texts } from './texts.js';
import type { SignInView } from './views.js';

/**
 * The page that asks who is there. Posts `csrf`, `username` and `password` to `view.action`.
 * A password typed before is never on it.
 */
export function signInPage(view: SignInView): string {
  const { signIn } = texts;
  const lead =
    view.clientName === undefined
      ? signIn.leadToApps
      : signIn.lead(cleanName(view.clientName, texts.unnamedClient));
  const server = cleanLine(view.serverName);
  const title = signIn.title(server);
  const username = view.username && cleanLine(view.username.slice(0, 128));
  const problem =
    view.problem &&
    alertBox(
      signIn.problemTitle,
      view.problem.kind === 'refused' ? signIn.refused : signIn.throttled(view.problem.retryAfter),
    );
  return layout(view, {
    title,
    main: html`<div class="heading">${letterTile(server)}<h1>${title}</h1></div>
<p class="lead">${lead}</p>
${problem}
<form method="post" action="${view.action}" class="fields">
<input type="hidden" name="csrf" value="${view.csrf}">
<div class="field">
<label for="username">${signIn.username}</label>
<input id="username" name="username" type="text" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="128" required>
</div>
<div class="field">
<label for="password">${signIn.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required>
</div>
<button type="submit" class="button button-main">${signIn.submit}</button>
</form>
${view.clientName !== undefined && html`<p class="fine">${signIn.notYou}</p>`}`,
  });
}
