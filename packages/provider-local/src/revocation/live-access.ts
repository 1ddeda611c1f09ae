import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore } from '../store/local-store.js';

/** A person and a client to whom that person has given access. */
export interface AccessHolders {
  readonly subject: string;
  readonly clientId: string;
}

/** Whose access: a person's, a client's, or what one person gave one client. */
export type AccessOf =
  | AccessHolders
  | Pick<AccessHolders, 'subject'>
  | Pick<AccessHolders, 'clientId'>;

/** One thing that a person gave a client: a grant, or a consent that is remembered. */
export interface LiveAccess extends AccessHolders {
  /** Seconds since the epoch. */
  readonly since: number;
  /** Scopes by the resource that they are for. */
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  /** What the client called itself when it was allowed. */
  readonly clientName?: string;
}

const KIND = 'LiveAccess';

const alias = ({ subject, clientId }: Partial<AccessHolders>): string =>
  JSON.stringify([subject ?? null, clientId ?? null]);

/**
 * Gives a client access, noted before so that it is found again by the person, by the client and by both: what nobody could find could
 * not be ended. The note is gone with its group.
 *
 * @param group - The id under which {@link LocalStore.removeGrant} removes all that belongs to it.
 * @param expiresAt - Seconds since the epoch.
 * @param give - Writes what the access is made of.
 * @throws {ProviderUnavailableError} when all access was taken away meanwhile: then none was given.
 */
export async function giveAccess(
  store: LocalStore,
  group: string,
  access: LiveAccess,
  expiresAt: number,
  give: () => Promise<void>,
): Promise<void> {
  const { subject, clientId } = access;
  const names = [{ subject }, { clientId }, { subject, clientId }].map(alias);
  const idOf = (name: string) => JSON.stringify([group, name]);
  const note = { group, ...access };
  const write = (name: string) =>
    store.write(KIND, idOf(name), note, { grantId: group, alias: name, expiresAt });
  await Promise.all(names.map(write));
  await give();
  const noted = await Promise.all(names.map((name) => store.read(KIND, idOf(name))));
  if (noted.every((record) => record)) return;
  await store.removeGrant(group);
  throw new ProviderUnavailableError('The access was taken away while it was given; ask again.');
}

/** What a person gave clients, the youngest first, as far as `limit` goes. */
export async function listAccess(
  store: LocalStore,
  of: Pick<AccessHolders, 'subject'>,
  limit: number,
): Promise<readonly LiveAccess[]> {
  const records = await store.listByAlias(KIND, alias(of), limit);
  return records.map(({ payload }) => payload as unknown as LiveAccess);
}

/** Whether anybody has given access that has not ended. */
export async function hasAccess(store: LocalStore, of: AccessOf): Promise<boolean> {
  return (await store.readByAlias(KIND, alias(of))) !== undefined;
}

/**
 * Ends all that was noted, one by one.
 *
 * @returns Whose access it was.
 */
export async function endAccess(
  store: LocalStore,
  of: AccessOf,
): Promise<readonly AccessHolders[]> {
  const ended = new Map<string, AccessHolders>();
  for (;;) {
    const record = await store.readByAlias(KIND, alias(of));
    if (!record) return [...ended.values()];
    const { group, subject, clientId } = record.payload as unknown as AccessHolders & {
      readonly group: string;
    };
    await store.removeGrant(group);
    ended.set(alias({ subject, clientId }), { subject, clientId });
  }
}
