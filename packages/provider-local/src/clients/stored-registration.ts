import { createHash, timingSafeEqual } from 'node:crypto';
import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from '../store/local-store.js';

/** The record of a client that registered itself: its metadata as the engine keeps it, and these of ours. */
type Registration = StoredRecord['payload'];

export const REGISTRATION = 'Client';
/** Somebody has allowed the client something. None of ours can be registered: what RFC 7591 does not know is dropped. */
const IN_USE = 'in_use';
/** The SHA-256 of the token that manages the registration. It lives and ends with it, since it is a part of it. */
const MANAGED_BY = 'managed_by';

/** How often a change is tried again when other requests change the same registration. */
const TRIES = 100;

/** Whether somebody has allowed the client something. */
function isInUse(registration: Registration): boolean {
  return registration[IN_USE] === true;
}

/** The same registration, in use. */
function inUse(registration: Registration): Registration {
  return { ...registration, [IN_USE]: true };
}

/** Other metadata in the place of what was registered; what is ours stays. */
export function withMetadata(registration: Registration, metadata: Registration): Registration {
  const { [IN_USE]: used, [MANAGED_BY]: managed } = registration;
  return {
    ...metadata,
    ...(used === undefined ? {} : { [IN_USE]: used }),
    ...(managed === undefined ? {} : { [MANAGED_BY]: managed }),
  };
}

/** The same registration, managed by whoever holds a token. */
export function managedBy(registration: Registration, token: string): Registration {
  return { ...registration, [MANAGED_BY]: digest(token).toString('base64url') };
}

/** The registration that a token manages, if it is that of this client (RFC 7592 §3). */
export async function readManaged(
  store: LocalStore,
  clientId: string,
  token: string,
): Promise<Registration | undefined> {
  const registration = (await store.read(REGISTRATION, clientId))?.payload;
  const managed = Buffer.from(String(registration?.[MANAGED_BY] ?? ''), 'base64url');
  const presented = digest(token);
  const fits = managed.length === presented.length && timingSafeEqual(managed, presented);
  return fits ? registration : undefined;
}

/**
 * Changes a registration in one atomic step, and never when it expires.
 *
 * @returns `false` where there is none (any more).
 */
export async function changeRegistration(
  store: LocalStore,
  clientId: string,
  edit: (registration: Registration) => Registration,
): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const found = await store.read(REGISTRATION, clientId);
    if (!found) return false;
    const next = edit(found.payload);
    if (await store.replace(REGISTRATION, clientId, found.payload, next)) return true;
  }
  throw new ProviderUnavailableError('Others change the registration all the time.');
}

/** What a registration was last changed to. */
const CHANGE = 'RegistrationChange';
/** Longer than any request runs. */
const CHANGE_SECONDS = 60;

/** Notes a change before it is made, for {@link keepRegistration}. */
export function noteChange(
  store: LocalStore,
  clientId: string,
  metadata: Registration,
): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1000) + CHANGE_SECONDS;
  return store.write(CHANGE, clientId, metadata, { expiresAt });
}

/** Lets a registration stay for good, in use. A change that is made at the same moment is not lost. */
export async function keepRegistration(store: LocalStore, clientId: string): Promise<void> {
  const found = await store.read(REGISTRATION, clientId);
  if (!found || isInUse(found.payload)) return;
  // Only what is written anew expires no more. That wipes out what was changed since it was read: so it is changed once more.
  await store.write(REGISTRATION, clientId, inUse(found.payload));
  let made = '';
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const change = (await store.read(CHANGE, clientId))?.payload;
    const text = JSON.stringify(change ?? '');
    if (!change || text === made) return;
    await changeRegistration(store, clientId, (old) => withMetadata(old, change));
    made = text;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
