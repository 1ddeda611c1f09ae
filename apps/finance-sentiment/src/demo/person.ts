import { formBrowser } from '@portcullis/provider-local/testing';

/** What the person decides on the consent page. */
export interface PersonDecision {
  /** Scopes to take the tick off. */
  readonly untick?: readonly string[];
  readonly deny?: boolean;
}

/** What came of it. */
export interface PersonAnswer {
  /** Every scope on the page. */
  readonly offered: readonly string[];
  /** What the browser carries back to the app. */
  readonly callback: URLSearchParams;
}

/** Someone at the keyboard, with one browser. Stays signed in as anybody would. */
export interface Person {
  /** Opens the address that an app asked for, signs in if asked to, and decides: by filling in the forms of the real pages. */
  decide(url: URL | undefined, decision?: PersonDecision): Promise<PersonAnswer>;
}

/** Sits down at the keyboard. */
export function createPerson(
  account: { readonly username: string; readonly password: string },
  fetch: typeof globalThis.fetch,
): Person {
  const browser = formBrowser({ fetch });
  return {
    async decide(url, { untick = [], deny = false } = {}) {
      if (!url) throw new Error('The app did not ask to open the browser.');
      const offered: string[] = [];
      const back = await browser.authorize(url, {
        ...account,
        decision: deny ? 'deny' : 'allow',
        tick(scope, ticked) {
          offered.push(scope);
          return ticked && !untick.includes(scope);
        },
      });
      return { offered, callback: back.searchParams };
    },
  };
}
