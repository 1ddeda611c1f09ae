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
  /** Whom a sign-out there is about: everybody here whom that person has signed in as, as far as they are known. */
  signedOut(logout: Pick<UpstreamPerson, 'sid'> & { readonly sub?: string }): Promise<
    readonly {
      readonly subject: string;
      /** Whether the upstream provider left us a way to ask while the person is away. */
      readonly askable: boolean;
    }[]
  >;
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
/** One person there is several here only where the mapping has changed. */
const MOST_SUBJECTS = 100;
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
  function ofThisIssuer(record: StoredRecord | undefined): KnownPerson | undefined {
    const person = record?.payload as KnownPerson | undefined;
    return person?.issuer === issuer ? person : undefined;
  }

  const read = async (subject: string): Promise<KnownPerson | undefined> =>
    ofThisIssuer(await store.read(KIND, subject));

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
    async signedOut({ sub, sid }) {
      const named =
        sub === undefined ? [] : await store.listByAlias(KIND, nameOf(sub), MOST_SUBJECTS);
      const session =
        named.length > 0 || sid === undefined ? undefined : await store.read(SESSION, nameOf(sid));
      const found = await Promise.all(
        [...named, ...(session ? [session] : [])].map(({ payload }) =>
          read(String(payload.subject)),
        ),
      );
      return found
        .filter((person) => person !== undefined)
        .map(({ subject, refreshToken }) => ({ subject, askable: refreshToken !== undefined }));
    },
    async remember({ account, sub, sid, refreshToken }) {
      const { subject } = account;
      for (;;) {
        const found = await store.read(KIND, subject);
        const known = ofThisIssuer(found);
        if (known && known.sub !== sub) return false;
        // Some give a refresh token the first time only.
        const kept = refreshToken ?? known?.refreshToken;
        const now = seconds();
        const expiresAt = now + KEPT_SECONDS;
        const person = toPayload({
          ...facts(account),
          sub,
          issuer,
          ...(kept && { refreshToken: kept }),
          checkedAt: now,
        });
        // Of two people who come at once, one has the subject.
        const first = found
          ? await store.replace(KIND, subject, found.payload, person)
          : await store.insertIfAbsent(KIND, subject, expiresAt, person);
        if (!first) continue;
        await store.write(KIND, subject, person, { expiresAt, alias: nameOf(sub) });
        if (sid !== undefined) await store.write(SESSION, nameOf(sid), { subject }, { expiresAt });
        return true;
      }
    },
    forget: (subject) => store.remove(KIND, subject),
    recheck,
  };

  async function recheck(subject: string): Promise<'known' | 'ended'> {
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
  }

  /** The one that was used is worth nothing any more: not even to somebody who signed in meanwhile and got none. */
  async function keepToken(subject: string, used: string, next: string): Promise<void> {
    for (;;) {
      const person = await read(subject);
      if (person?.refreshToken !== used) return;
      if (await replace(subject, person, { ...person, refreshToken: next })) return;
    }
  }

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
      // Somebody who signed in meanwhile stands on that, and not on the token that was used.
      if (answer.kind === 'ended') {
        return (await replace(subject, asking, asking)) ? 'ended' : recheck(subject);
      }
      await keepToken(subject, refreshToken, answer.refreshToken);
      current = { ...asking, refreshToken: answer.refreshToken };
      // OIDC Core §12.2: it is about the same person, or it counts for nothing.
      if (answer.sub !== undefined && answer.sub !== asking.sub) return 'ended';
      const account = await answer.account?.();
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
