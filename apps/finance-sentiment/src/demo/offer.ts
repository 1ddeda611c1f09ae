import type { Tour } from './tour.js';

/** Something that a provider does not offer. */
interface NotOffered {
  /** Why, in a sentence for someone who asks what to do about it. */
  readonly notOffered: string;
}

/** What a step needs of the provider, or why there is no such step with it. Nothing is left out without a word. */
export type Offer<T> = T | NotOffered;

/** Whether the step can be taken. */
export function isOffered<T>(offer: Offer<T>): offer is T {
  return !(typeof offer === 'object' && offer !== null && 'notOffered' in offer);
}

/** Takes the step with what is offered, or says why it is left out. */
export async function ifOffered<T>(
  tour: Tour,
  offer: Offer<T>,
  take: (offered: T) => void | Promise<void>,
): Promise<void> {
  if (isOffered(offer)) await take(offer);
  else tour.leaveOut(offer.notOffered);
}
