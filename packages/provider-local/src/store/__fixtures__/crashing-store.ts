import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore } from '../local-store.js';

/** A store in which something happens once, at a step that the test chooses. */
export interface CrashingStore extends LocalStore {
  /** Does something before the n-th step from now, counted from 1. Its own steps are not counted. */
  interruptAt(step: number, interruption: () => Promise<void>): void;
  /**
   * Lets the n-th step from now fail, counted from 1. `before`: nothing has happened. `after`: it has, and only its answer is lost.
   * The step after the one that failed works again.
   */
  crashAt(step: number, when: 'before' | 'after'): void;
  /** Which step that was, such as `consume AuthorizationCode`; nothing where the steps did not reach so far. */
  crashed(): string | undefined;
}

/** Puts one around a store. Reading keys and closing never fail: neither belongs to a request. */
export function crashingStore(inner: LocalStore): CrashingStore {
  let left = 0;
  let interrupt = async (_done: () => Promise<unknown>): Promise<void> => {};
  let failed: string | undefined;

  const step =
    <Args extends readonly unknown[], Answer>(
      name: string,
      does: (...args: Args) => Promise<Answer>,
    ) =>
    async (...args: Args): Promise<Answer> => {
      const [kind] = args;
      if (kind === 'Key' || left === 0) return does(...args);
      left -= 1;
      if (left > 0) return does(...args);
      failed = `${name} ${String(kind)}`;
      await interrupt(() => does(...args));
      return does(...args);
    };

  return {
    read: step('read', inner.read),
    readByAlias: step('readByAlias', inner.readByAlias),
    listByAlias: step('listByAlias', inner.listByAlias),
    write: step('write', inner.write),
    consume: step('consume', inner.consume),
    insertIfAbsent: step('insertIfAbsent', inner.insertIfAbsent),
    replace: step('replace', inner.replace),
    remove: step('remove', inner.remove),
    removeGrant: step('removeGrant', inner.removeGrant),
    sweep: inner.sweep,
    close: inner.close,
    interruptAt(step, interruption) {
      left = step;
      interrupt = interruption;
      failed = undefined;
    },
    crashAt(step, when) {
      left = step;
      interrupt = async (done) => {
        if (when === 'after') await done();
        throw new ProviderUnavailableError('The connection to the store broke.');
      };
      failed = undefined;
    },
    crashed() {
      left = 0;
      return failed;
    },
  };
}
