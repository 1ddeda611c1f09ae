import {
  type AuthProvider,
  type Principal,
  ProviderUnavailableError,
  rejection,
} from '@portcullis/core';
import { createJwtVerifier, type KeySource, principalFromJwt } from '@portcullis/core/jwt';
import { decodeJwt } from 'jose';
import { isOperators } from './clients/client-kind.js';
import { ISSUED_TOKEN, REVOKED_TOKEN } from './engine/issued-token.js';
import { actorsOf } from './grants/actor-chain.js';
import { signingAlgorithms } from './keys/signing-keys.js';
import { hasEnded } from './revocation/ended-before.js';
import type { Settings } from './settings.js';

/** Judges the tokens of this issuer. */
export interface LocalVerifier {
  readonly verify: AuthProvider['verify'];
  /** Who holds an access token that is still good, for whichever of the resources. */
  read(value: string): Promise<Principal | undefined>;
  /** The most that a person can allow, as far as it is known: read when a token of theirs was last verified. */
  allowanceOf(subject: string): readonly string[] | undefined;
}

/** Seconds for which an answer may be remembered, should a revocation by another process not reach us sooner. */
const FRESH_SECONDS = 30;
/** How many people's allowances are kept. */
const KNOWN_PEOPLE = 10_000;

/**
 * Verifies with the keys at hand, without a request to ourselves. A person's token must also still be issued: revoking its grant
 * takes it away at once, and so does removing the person.
 */
export function createLocalVerifier(settings: Settings, keys: KeySource): LocalVerifier {
  const { issuer, store, accounts } = settings;
  const allowances = new Map<string, readonly string[] | undefined>();
  // Keys of before a change of algorithm still verify, so which one a token names is theirs to say.
  const verifier = createJwtVerifier({ issuer, keys, algorithms: signingAlgorithms });

  /** A client acts for itself also where a server exchanged its token, and is then not who the token was issued to. */
  function actorOf({ sub, client_id: clientId }: Readonly<Record<string, unknown>>) {
    return sub === clientId || settings.clients.has(String(sub)) ? 'client' : 'user';
  }

  /** A store that cannot be asked is an outage, whatever it throws. */
  async function ask<Value>(question: Promise<Value>): Promise<Value> {
    try {
      return await question;
    } catch (cause) {
      throw new ProviderUnavailableError('The embedded issuer cannot read its store.', { cause });
    }
  }

  const judge: LocalVerifier = {
    allowanceOf: (subject) => allowances.get(subject),
    async read(value) {
      const resource = settings.resources.find((known) => known.resource === audienceOf(value));
      if (!resource) return undefined;
      const context = {
        resource: resource.resource,
        now: Date.now() / 1000,
        signal: new AbortController().signal,
      };
      const answer = await judge.verify({ scheme: 'Bearer', value }, context);
      return answer.kind === 'principal' ? answer : undefined;
    },
    async verify(token, context) {
      const verified = await verifier.verify(token.value, context);
      if (verified.kind === 'rejection') return verified;
      const principal = principalFromJwt(verified, { actor: actorOf });
      if (principal.kind === 'rejection') return principal;
      const freshUntil = context.now + FRESH_SECONDS;
      const { actor, clientId, tokenId, claims } = principal;
      if (!settings.clients.has(clientId) && (actor === 'client' || isOperators(clientId))) {
        return rejection('token_revoked', 'The client is not registered any more.');
      }
      // Grants answer for the tokens that people gave; for those of programs, and for what programs made of tokens, their names do.
      const actors = actorsOf(claims);
      const programs = actor === 'client' ? [principal.subject, clientId, ...actors] : actors;
      const ended = [...new Set(programs)].map((program) =>
        ask(hasEnded(store, { clientId: program }, claims.iat)),
      );
      if (actor === 'client') {
        const [givenBack, ...over] = await Promise.all([
          ask(store.read(REVOKED_TOKEN, tokenId)),
          ...ended,
        ]);
        return givenBack || over.includes(true)
          ? rejection('token_revoked', 'The token of the client was revoked.')
          : { ...principal, freshUntil };
      }
      const [issued, account, ...over] = await Promise.all([
        ask(store.read(ISSUED_TOKEN, tokenId)),
        ask(accounts.find(principal.subject)),
        ...ended,
      ]);
      if (over.includes(true)) {
        return rejection('token_revoked', 'The access of a server of the chain was ended.');
      }
      if (!issued) return rejection('token_revoked', 'The grant behind the token was revoked.');
      if (!account) return rejection('token_revoked', 'The person is not known any more.');
      allowances.delete(principal.subject);
      allowances.set(principal.subject, account.scopes);
      const [oldest] = allowances.keys();
      if (allowances.size > KNOWN_PEOPLE && oldest !== undefined) allowances.delete(oldest);
      return { ...principal, freshUntil };
    },
  };
  return judge;
}

/** What a token says it is for, before anybody has checked that. */
function audienceOf(value: string): unknown {
  try {
    return decodeJwt(value).aud;
  } catch {
    return undefined;
  }
}
