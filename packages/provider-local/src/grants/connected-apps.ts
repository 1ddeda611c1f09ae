import { lastUses } from '../revocation/access-use.js';
import { listAccess } from '../revocation/live-access.js';
import type { Settings } from '../settings.js';

/** A client that a person has given access. */
export interface ConnectedApp {
  readonly clientId: string;
  /** As it called itself when it was last allowed something. */
  readonly clientName: string;
  /** Seconds since the epoch. */
  readonly since: number;
  /** When it last got tokens, in seconds since the epoch; absent where it never did. */
  readonly lastUsed?: number;
  /** Everything that it may have, by resource. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
}

/** The clients of one person. */
export interface ConnectedApps {
  /** The most recently used first. */
  readonly apps: readonly ConnectedApp[];
  /** Whether there are more than were looked at. */
  readonly more: boolean;
}

/** How many grants and consents of one person are looked at: each authorization leaves a grant for a month. */
const MOST_GRANTS = 1000;

/** What a person has allowed, to whom, and what of it is still in force. */
export async function connectedApps(settings: Settings, subject: string): Promise<ConnectedApps> {
  const { store, resources } = settings;
  const [found, uses] = await Promise.all([
    listAccess(store, { subject }, MOST_GRANTS),
    lastUses(store, subject, MOST_GRANTS),
  ]);
  const clientIds = [...new Set(found.map(({ clientId }) => clientId))];
  const apps = clientIds.map((clientId): ConnectedApp => {
    const all = found.filter((access) => access.clientId === clientId);
    const lastUsed = uses.get(clientId);
    const named = all.find(({ clientName }) => clientName !== undefined);
    const scopes = resources
      .map(({ resource, scopes: vocabulary }) => {
        const granted = all.flatMap((access) => access.scopes[resource] ?? []);
        return [resource, vocabulary.union([], granted)] as const;
      })
      .filter(([, granted]) => granted.length > 0);
    return {
      clientId,
      clientName: named?.clientName ?? clientId,
      since: Math.min(...all.map(({ since }) => since)),
      ...(lastUsed === undefined ? {} : { lastUsed }),
      scopes: new Map(scopes),
    };
  });
  const when = ({ lastUsed, since }: ConnectedApp) => lastUsed ?? since;
  return {
    apps: apps.toSorted((a, b) => when(b) - when(a)),
    more: found.length === MOST_GRANTS,
  };
}
