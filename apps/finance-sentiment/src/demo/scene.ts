import { scopes } from '../scopes.js';
import type { Concealer } from './conceal.js';
import type { Person, PersonAnswer } from './person.js';
import type { Tour } from './tour.js';
import type { Vendor } from './vendor.js';
import type { World } from './world.js';

/** What every act works with. */
export interface Scene {
  readonly tour: Tour;
  readonly world: World;
  /** Who signs Ada in. */
  readonly vendor: Vendor;
  /** Shows each request; handed to the official clients. */
  readonly fetch: typeof fetch;
  /** Status and headers of the last answer of the MCP server. */
  readonly last: () => { readonly status: number; readonly headers: Headers };
  /** Knows every secret that has passed. */
  readonly concealer: Concealer;
  /** The one at the keyboard. */
  readonly person: Person;
}

/** Shows the boxes of a consent page as they were sent. */
export function showChoices(tour: Tour, { choices = [] }: PersonAnswer): void {
  const width = Math.max(0, ...choices.map(({ scope }) => scope.length));
  for (const { scope, allowed } of choices) {
    tour.quote(`[${allowed ? 'x' : ' '}] ${scope.padEnd(width)}  ${scopes.describe(scope) ?? ''}`);
  }
}
