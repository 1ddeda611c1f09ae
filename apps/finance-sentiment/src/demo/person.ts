import { formBrowser } from '@portcullis/provider-local/testing';
import { pageText } from './page-text.js';

/** What the person decides on the consent page. */
interface PersonDecision {
  /** Scopes to take the tick off. */
  readonly untick?: readonly string[];
  readonly deny?: boolean;
}

/** What came of it. */
export interface PersonAnswer {
  /** Every scope on the page, and whether it was allowed. Absent where nobody but the person saw the page. */
  readonly choices?: readonly { readonly scope: string; readonly allowed: boolean }[];
  /** What the page that asked says. Absent where nobody but the person saw it. */
  readonly page?: string;
  /** What the browser carries back to the app. */
  readonly callback: URLSearchParams;
}

/** Someone at the keyboard, with one browser. Stays signed in as anybody would. */
export interface Person {
  /** Opens the address that an app asked for, signs in if asked to, and decides: by filling in the forms of the real pages. */
  decide(url: URL | undefined, decision?: PersonDecision): Promise<PersonAnswer>;
}

/** With what somebody signs in. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/** Sits down at the keyboard. */
export function createPerson(account: Account, fetch: typeof globalThis.fetch): Person {
  let page = '';
  const browser = formBrowser({
    async fetch(input, init) {
      const response = await fetch(input, init);
      const html = await response.clone().text();
      if (html.includes('type="checkbox"')) page = pageText(html);
      return response;
    },
  });
  return {
    async decide(url, { untick = [], deny = false } = {}) {
      if (!url) throw new Error('The app did not ask to open the browser.');
      const choices: { scope: string; allowed: boolean }[] = [];
      const back = await browser.authorize(url, {
        ...account,
        decision: deny ? 'deny' : 'allow',
        tick(scope, ticked) {
          const allowed = ticked && !untick.includes(scope);
          choices.push({ scope, allowed: allowed && !deny });
          return allowed;
        },
      });
      return { choices, page, callback: back.searchParams };
    },
  };
}
