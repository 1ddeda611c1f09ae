import { auth } from '@modelcontextprotocol/client';
import { baseline } from '../scopes.js';
import { type MemoryClient, memoryClient } from './memory-client.js';
import { ifOffered, isOffered } from './offer.js';
import { registration } from './registration.js';
import { type Scene, showChoices } from './scene.js';
import { REDIRECT } from './vendor-setting.js';

/** The scope that Ada does not allow at first, where she can choose. */
const UNTICKED = 'mcp:exec:workflows:daily-digest';

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

/** What the server named, a chart, and one more if Ada is to take the tick off it. */
function asked({ vendor }: Scene): readonly string[] {
  const wanted = [...baseline, 'mcp:tools:sentiment_trend'];
  return isOffered(vendor.offers.consentPages) ? [...wanted, UNTICKED] : wanted;
}

async function introduceItself(scene: Scene): Promise<MemoryClient> {
  const { tour, world, vendor, fetch } = scene;
  const scopes = asked(scene);
  const more = scopes.length - baseline.length === 1 ? 'one' : 'two';
  tour.step(
    `${vendor.app.introduction} It asks for the two scopes that the server named and for ${more} more, and makes up a secret of which only a hash goes along (PKCE).`,
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
  tour.step(
    `The browser opens. ${vendor.browser.first} Back in the app, the browser brings a code, which is good once.`,
  );
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
  const { callback } = answer;
  tour.holds('the app gets a code', callback.has('code'), callback.get('error'));
  tour.check('and the mark that it sent (state)', callback.get('state'), client.lastState);
  await ifOffered(tour, issuerInAnswers, () =>
    tour.check('and the name of the issuer (iss)', callback.get('iss'), vendor.issuer),
  );

  tour.step(
    'The app trades the code, together with its secret, for two tokens: one for calls (access token), and one to get the next (refresh token). The code alone is not enough.',
  );
  const outcome = await auth(client, {
    serverUrl: world.mcpUrl,
    authorizationCode: callback.get('code') ?? '',
    iss: callback.get('iss') ?? undefined,
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
    asked(scene).every((scope) => scope === UNTICKED || held.includes(scope)),
    granted,
  );
}
