/**
 * Called between two pieces of long work: tells how far it is, lets others have the processor, and throws when nobody wants the rest.
 *
 * @param done - Pieces that are done.
 * @param total - Pieces altogether.
 */
export type Pace = (done: number, total: number) => Promise<void>;

/** Tells nobody and is never stopped, but lets others have the processor all the same. */
export const unhurried: Pace = () => new Promise((resolve) => setImmediate(resolve));
