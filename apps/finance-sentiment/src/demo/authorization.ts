import { auth } from '@modelcontextprotocol/client';
import { baseline } from '../scopes.js';
import { type MemoryClient, memoryClient } from './memory-client.js';
import { ifOffered, isOffered } from './offer.js';
import { registration } from './registration.js';
import { type Scene, showChoices } from './scene.js';
import { REDIRECT } from './vendor-setting.js';

/** The scope that Ada does not allow at first, where she can choose. */
const UNTICKED = 'mcp:tools:compare_tickers';

/** Act two. The client says who it is, and a person decides what it may do. */
export async function authorization(scene: Scene): Promise<MemoryClient> {
  const { tour, vendor } = scene;
  tour.act(
    'Authorization',
    isOffered(vendor.offers.consentPages)
      ? 'The app asks, and Ada decides: she signs in at the issuer, never in the app, and allows scope by scope.'
      : `The app asks, and Ada signs in: at ${vendor.called}, never in the app, and never here.`,
  );
  const client = await introduceItself(scene);
  await decide(scene, client);
  await registration(scene);
  return client;
}

/** It asks for one more than the server named, if Ada is to take the tick off it. */
const asked = ({ vendor }: Scene): readonly string[] =>
  isOffered(vendor.offers.consentPages) ? [...baseline, UNTICKED] : baseline;

async function introduceItself(scene: Scene): Promise<MemoryClient> {
  const { tour, world, vendor, fetch } = scene;
  const scopes = asked(scene);
  const count = scopes.length === 2 ? 'the two scopes that the server named' : 'three scopes';
  tour.step(
    `${vendor.app.introduction} It asks for ${count}, and keeps a secret of which only a hash is sent (PKCE).`,
  );
  const client = memoryClient({
    name: 'Morning Briefing',
    redirectUrl: REDIRECT,
    ...(isOffered(vendor.offers.clientDocuments)
      ? { clientMetadataUrl: vendor.app.clientId }
      : { clientId: vendor.app.clientId, issuer: vendor.issuer }),
  });
  const outcome = await auth(client, {
    serverUrl: world.mcpUrl,
    scope: scopes.join(' '),
    fetchFn: fetch,
  });
  const sent = client.authorizationUrl?.searchParams;
  tour.check('the app wants to open the browser', outcome, 'REDIRECT');
  tour.check('it calls itself by that name', sent?.get('client_id'), vendor.app.clientId);
  tour.check('the hash goes along, the secret stays', sent?.get('code_challenge_method'), 'S256');
  tour.check('the token is to be good for this server only', sent?.get('resource'), world.mcpUrl);
  return client;
}

async function decide(scene: Scene, client: MemoryClient): Promise<void> {
  const { tour, world, vendor, fetch, person } = scene;
  const { consentPages, issuerInAnswers } = vendor.offers;
  tour.step(`The browser opens. ${vendor.browser.first}`);
  const answer = await person.decide(client.authorizationUrl, { untick: [UNTICKED] });
  await ifOffered(tour, consentPages, () => {
    showChoices(tour, answer);
    if (!answer.choices) return;
    tour.check(
      'the page offered every scope that was asked for, and no other',
      answer.choices.map(({ scope }) => scope).toSorted(),
      asked(scene).toSorted(),
    );
  });
  tour.check(
    'the app gets back the mark it sent (state)',
    answer.callback.get('state'),
    client.lastState,
  );
  await ifOffered(tour, issuerInAnswers, () =>
    tour.check('and the name of the issuer (iss)', answer.callback.get('iss'), vendor.issuer),
  );

  tour.step('The app trades the code, together with its secret, for a token.');
  const outcome = await auth(client, {
    serverUrl: world.mcpUrl,
    authorizationCode: answer.callback.get('code') ?? '',
    iss: answer.callback.get('iss') ?? undefined,
    fetchFn: fetch,
  });
  tour.check('the code was good', outcome, 'AUTHORIZED');
  const granted = client.currentTokens?.scope ?? '';
  tour.quote(`scope: ${granted}`);
  const held = granted.split(' ');
  const hasChosen = isOffered(consentPages);
  tour.holds(
    hasChosen ? 'what Ada did not allow is not in it' : 'what was not asked for is not in it',
    !held.includes(UNTICKED),
    granted,
  );
  tour.holds(
    hasChosen ? 'all that she allowed is' : 'all that was asked for is',
    baseline.every((scope) => held.includes(scope)),
    granted,
  );
}
