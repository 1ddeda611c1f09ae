import { AuthError, ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore } from './local-store.js';

/** A store whose failures are outages, whatever it throws: one that cannot be asked has said nothing about anybody. */
export function withOutages(store: LocalStore): LocalStore {
  const step =
    <Args extends unknown[], Answer>(does: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      try {
        return await does.apply(store, args);
      } catch (cause) {
        if (AuthError.isInstance(cause)) throw cause;
        throw new ProviderUnavailableError('The store has failed.', { cause });
      }
    };
  return {
    read: step(store.read),
    readByAlias: step(store.readByAlias),
    listByAlias: step(store.listByAlias),
    write: step(store.write),
    consume: step(store.consume),
    insertIfAbsent: step(store.insertIfAbsent),
    replace: step(store.replace),
    remove: step(store.remove),
    removeGrant: step(store.removeGrant),
    sweep: step(store.sweep),
    close: step(store.close),
  };
}
