import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderUnavailableError } from '@portcullis/core';
import type { Account } from '../accounts/accounts.js';
import { CONSENT_DAYS } from '../grants/remembered-consent.js';
import type { LocalStore, StoredRecord } from '../store/local-store.js';
import type { UpstreamAccounts, UpstreamPerson } from './upstream.js';

/** The people whom an upstream provider has signed in here, on the store that all instances share. */
export interface UpstreamPeople {
  readonly upstream: UpstreamAccounts;
  find(subject: string): Promise<Account | undefined>;
  /**
   * Notes somebody who has just signed in.
   *
   * @returns `false`, and notes nothing, where the subject is somebody else's there: whoever got an address that was given away must not
   *   get what was allowed under it.
   */
  remember(person: UpstreamPerson): Promise<boolean>;
  /** Whom a sign-out there is about, if it is somebody who is known here. */
  subjectOf(logout: { readonly sub?: string; readonly sid?: string }): Promise<string | undefined>;
  /** Lets go of somebody, who is then unknown until the next sign-in. */
  forget(subject: string): Promise<void>;
  /**
   * Asks whether the upstream provider still stands by somebody, unless it was asked a short time ago or gave us nothing to ask with.
   * Of instances that come at once, one asks, and the others wait: a refresh token that is used twice would count as stolen there.
   *
   * @returns `ended` when it does not.
   * @throws {ProviderUnavailableError} when it cannot be asked.
   */
  recheck(subject: string): Promise<'known' | 'ended'>;
}

interface KnownPerson {
  readonly subject: string;
  /** Who that is there. */
  readonly sub: string;
  readonly displayName: string;
  readonly scopes?: readonly string[];
  readonly issuer: string;
  readonly refreshToken?: string;
  /** All in seconds since the epoch. */
  readonly checkedAt: number;
  readonly askedUntil?: number;
}

const KIND = 'UpstreamPerson';
/** A session there, and whose it is. */
const SESSION = 'UpstreamSession';
/** Longer than anything that one sign-in can lead to: a session of 12 hours, and access given at the end of it. */
const KEPT_SECONDS = (CONSENT_DAYS + 1) * 86_400;
/** The most that one question may take, until another instance asks in its place. */
const ASKING_SECONDS = 60;
/** How long the answer to another instance's question is waited for, in milliseconds. */
const WAIT_MS = 6000;
const POLL_MS = 50;

const seconds = (): number => Math.floor(Date.now() / 1000);

/** Keeps them. What the upstream provider gave for us alone is as safe as the store: see `encryptedStore`. */
export function createUpstreamPeople(
  upstream: UpstreamAccounts,
  store: LocalStore,
): UpstreamPeople {
  const { issuer, recheckSeconds } = upstream;

  /** A person of another upstream provider is a stranger, whatever the subject. */
  async function read(subject: string): Promise<KnownPerson | undefined> {
    const person = (await store.read(KIND, subject))?.payload as KnownPerson | undefined;
    return person?.issuer === issuer ? person : undefined;
  }

  /** What is named there is only unique there. */
  const nameOf = (name: string): string => JSON.stringify([issuer, name]);

  const replace = (subject: string, before: KnownPerson, after: KnownPerson): Promise<boolean> =>
    store.replace(KIND, subject, toPayload(before), toPayload(after));

  return {
    upstream,
    async find(subject) {
      const person = await read(subject);
      if (!person) return undefined;
      const { displayName, scopes } = person;
      return { subject, displayName, ...(scopes && { scopes }) };
    },
    async subjectOf({ sub, sid }) {
      const known =
        (sub === undefined ? undefined : await store.readByAlias(KIND, nameOf(sub))) ??
        (sid === undefined ? undefined : await store.read(SESSION, nameOf(sid)));
      return known && String(known.payload.subject);
    },
    async remember({ account, sub, sid, refreshToken }) {
      const { subject } = account;
      const known = await read(subject);
      if (known && known.sub !== sub) return false;
      // Some give a refresh token the first time only.
      const kept = refreshToken ?? known?.refreshToken;
      const now = seconds();
      const expiresAt = now + KEPT_SECONDS;
      const person = { ...facts(account), sub, issuer, checkedAt: now };
      await store.write(
        KIND,
        subject,
        { ...person, ...(kept && { refreshToken: kept }) },
        { expiresAt, alias: nameOf(sub) },
      );
      if (sid !== undefined) await store.write(SESSION, nameOf(sid), { subject }, { expiresAt });
      return true;
    },
    forget: (subject) => store.remove(KIND, subject),
    async recheck(subject) {
      for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
        const person = await read(subject);
        if (!person) return 'ended';
        const { refreshToken, checkedAt, askedUntil = 0 } = person;
        if (!refreshToken || checkedAt + recheckSeconds > seconds()) return 'known';
        if (askedUntil > seconds()) {
          await sleep(POLL_MS);
          continue;
        }
        const asking = { ...person, askedUntil: seconds() + ASKING_SECONDS };
        if (await replace(subject, person, asking)) return ask(subject, refreshToken, asking);
      }
      throw new ProviderUnavailableError('Another instance is still asking the upstream provider.');
    },
  };

  async function ask(
    subject: string,
    refreshToken: string,
    asking: KnownPerson,
  ): Promise<'known' | 'ended'> {
    let current = asking;
    /** Where it changes nothing, the person signed in meanwhile, and that counts. */
    const settle = async (next: KnownPerson): Promise<void> => {
      if (await replace(subject, current, next)) current = next;
    };
    try {
      const answer = await upstream.renew(refreshToken);
      if (answer.kind === 'ended') return 'ended';
      await settle({ ...asking, refreshToken: answer.refreshToken });
      const account = await answer.account?.();
      // OIDC Core §12.2: it is about the same person, or it counts for nothing.
      if (answer.account && account?.subject !== subject) return 'ended';
      await settle({
        ...facts(account ?? asking),
        sub: asking.sub,
        issuer,
        refreshToken: answer.refreshToken,
        checkedAt: seconds(),
      });
      return 'known';
    } catch (error) {
      const { askedUntil: _over, ...waiting } = current;
      await settle(waiting);
      throw error;
    }
  }
}

function facts(account: Account): Pick<KnownPerson, 'subject' | 'displayName' | 'scopes'> {
  const { subject, displayName, scopes } = account;
  return { subject, displayName, ...(scopes && { scopes: [...scopes] }) };
}

const toPayload = (person: KnownPerson): StoredRecord['payload'] => ({ ...person });
