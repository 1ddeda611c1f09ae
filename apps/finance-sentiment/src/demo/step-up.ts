import { UnauthorizedError } from '@modelcontextprotocol/client';
import { scopes } from '../scopes.js';
import { type Connection, takeAnswer } from './connection.js';
import type { MemoryClient } from './memory-client.js';
import { isOffered } from './offer.js';
import { refusalOf } from './results.js';
import { type Scene, showChoices } from './scene.js';

/** A call that the server refuses, with a challenge that names all that it takes. The client then wants to go back to Ada. */
export async function refusedFor(
  { tour, last }: Scene,
  call: () => Promise<unknown>,
  needed: readonly string[],
): Promise<void> {
  const refusal = await refusalOf(call);
  const { status, headers } = last();
  tour.check('the call is refused', status, 403);
  const named = /\bscope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]?.split(' ');
  tour.check('the challenge names all that it takes, and no more', named, needed);
  tour.holds('the app would have to ask Ada', refusal instanceof UnauthorizedError, refusal);
}

/** Ada allows what is missing, and the client takes the new token. */
export async function stepUp(
  { tour, vendor, person }: Scene,
  app: MemoryClient,
  connection: Connection,
  missing: readonly string[],
): Promise<void> {
  const asked = app.authorizationUrl?.searchParams.get('scope')?.split(' ') ?? [];
  const held = app.currentTokens?.scope?.split(' ') ?? [];
  tour.check(
    'the app asks for what it lacks, and for what it has: nothing else',
    asked.toSorted(),
    [...held, ...missing].toSorted(),
  );
  const answer = await person.decide(app.authorizationUrl);
  if (isOffered(vendor.offers.consentPages) && answer.page !== undefined) {
    showChoices(tour, answer);
    tour.check(
      'the page marks what is new, and nothing else',
      newOn(answer.page),
      described(missing),
    );
  }
  await takeAnswer(app, connection, answer.callback);
}

/** What a consent page marks as new. */
function newOn(page: string): readonly string[] {
  return [...page.matchAll(/^\[[ x]\] (.*) New$/gm)].map(([, text = '']) => text).toSorted();
}

const described = (names: readonly string[]): readonly string[] =>
  names.map((name) => scopes.describe(name) ?? name).toSorted();
