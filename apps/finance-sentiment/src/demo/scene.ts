import type { Person } from './person.js';
import type { Tour } from './tour.js';
import type { World } from './world.js';

/** What every act works with. */
export interface Scene {
  readonly tour: Tour;
  readonly world: World;
  /** Shows each request; handed to the official clients. */
  readonly fetch: typeof fetch;
  /** The one at the keyboard. */
  readonly person: Person;
}
