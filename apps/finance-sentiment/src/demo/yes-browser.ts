import type { Person } from './person.js';

/**
 * A browser at a fake, which shows no page and approves at once: it opens the address and is sent back.
 *
 * @throws {Error} when it is not sent back.
 */
export function yesBrowser(fetch: typeof globalThis.fetch): Person {
  return {
    async decide(url) {
      if (!url) throw new Error('The app did not ask to open the browser.');
      const response = await fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (!location) throw new Error(`The browser was not sent back: ${response.status}.`);
      return { callback: new URL(location).searchParams };
    },
  };
}
