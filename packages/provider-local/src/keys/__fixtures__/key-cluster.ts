import { createAuditLog, memorySink } from '@portcullis/core';
import { createIssuerAudit } from '../../issuer-audit.js';
import type { LocalStore } from '../../store/local-store.js';
import { memoryStore } from '../../store/memory-store.js';
import { createIssuerKeys, type IssuerKeys } from '../issuer-keys.js';
import type { SigningAlgorithm } from '../signing-keys.js';

/** When the clock of a test begins, in seconds since the epoch. */
export const START = 1_800_000_000;
/** The issuer of the keys. */
export const issuer = 'https://issuer.example';
export const hour = 3600;

/** Instances of one issuer on one store, with a clock that the test moves. */
export interface KeyCluster {
  readonly clock: { now: number };
  readonly store: LocalStore;
  /** @param skew - Seconds that its clock is ahead. */
  instance(algorithm?: SigningAlgorithm, skew?: number): IssuerKeys;
  /** What the audit log has of the keys. */
  rotations(): readonly { readonly type?: string; readonly detail?: string }[];
}

/** Makes one, whose keys sign for a day. */
export function cluster(options: { readonly store?: LocalStore } = {}): KeyCluster {
  const clock = { now: START };
  const store = options.store ?? memoryStore({ now: () => clock.now });
  const sink = memorySink();
  const audit = createIssuerAudit(createAuditLog({ sinks: [sink] }), issuer);
  const instance = (algorithm: SigningAlgorithm = 'ES256', skew = 0) =>
    createIssuerKeys({ store, audit, algorithm, rotationDays: 1, now: () => clock.now + skew });
  const rotations = () =>
    sink.events.map((event) => ({ ...event }) as { type?: string; detail?: string });
  return { clock, store, instance, rotations };
}

/** The states of the keys, as an instance lists them. */
export const statesOf = async (keys: IssuerKeys): Promise<readonly string[]> =>
  (await keys.list()).map(({ state }) => state);
