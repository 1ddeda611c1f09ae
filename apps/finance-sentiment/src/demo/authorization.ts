import { auth } from '@modelcontextprotocol/client';
import { baseline } from '../scopes.js';
import { type MemoryClient, memoryClient } from './memory-client.js';
import { type Scene, showChoices } from './scene.js';

/** The scope that Ada does not allow at first. */
const UNTICKED = 'mcp:tools:compare_tickers';

/** Act two. The client says who it is, and a person decides what it may do. */
export async function authorization(scene: Scene): Promise<MemoryClient> {
  scene.tour.act(
    'Authorization',
    'The app asks, and Ada decides: she signs in at the issuer, never in the app, and allows scope by scope.',
  );
  const client = await identifyByDocument(scene);
  await decide(scene, client);
  await registerOnce(scene);
  return client;
}

async function identifyByDocument({ tour, world, fetch }: Scene): Promise<MemoryClient> {
  tour.step(
    'The app needs no account here: its name is the https address of a document about itself (CIMD). It asks for three scopes, and keeps a secret of which only a hash is sent (PKCE).',
  );
  const client = memoryClient({
    name: 'Morning Briefing',
    redirectUrl: world.redirectUrl,
    clientMetadataUrl: world.clientDocumentUrl,
  });
  const outcome = await auth(client, {
    serverUrl: world.mcpUrl,
    scope: [...baseline, UNTICKED].join(' '),
    fetchFn: fetch,
  });
  const asked = client.authorizationUrl?.searchParams;
  tour.check('the app wants to open the browser', outcome, 'REDIRECT');
  tour.check('it calls itself by its document', asked?.get('client_id'), world.clientDocumentUrl);
  tour.check('the hash goes along, the secret stays', asked?.get('code_challenge_method'), 'S256');
  tour.check('the token is to be good for this server only', asked?.get('resource'), world.mcpUrl);
  return client;
}

async function decide({ tour, world, fetch, person }: Scene, client: MemoryClient): Promise<void> {
  tour.step(
    'The browser opens. Ada signs in, reads what is asked, takes the tick off "compare tickers", and allows the rest.',
  );
  const answer = await person.decide(client.authorizationUrl, { untick: [UNTICKED] });
  showChoices(tour, answer);
  tour.check(
    'the page offered every scope that was asked for, and no other',
    answer.choices.map(({ scope }) => scope).toSorted(),
    [...baseline, UNTICKED].toSorted(),
  );
  tour.check(
    'the app gets back the mark it sent (state)',
    answer.callback.get('state'),
    client.lastState,
  );
  tour.check('and the name of the issuer (iss)', answer.callback.get('iss'), world.origin);

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
  tour.holds('what Ada unticked is not in it', !granted.split(' ').includes(UNTICKED), granted);
  tour.holds(
    'all that she left ticked is',
    baseline.every((scope) => granted.split(' ').includes(scope)),
    granted,
  );
}

async function registerOnce({ tour, world, fetch, person }: Scene): Promise<void> {
  tour.step(
    'Many apps of today have no such document yet and register themselves instead (DCR). Nobody has checked who made this one, the page says so, and Ada refuses.',
  );
  const stranger = memoryClient({ name: 'Stranger', redirectUrl: world.redirectUrl });
  const outcome = await auth(stranger, { serverUrl: world.mcpUrl, fetchFn: fetch });
  tour.check('the registration was taken', outcome, 'REDIRECT');
  tour.holds(
    'the client was given a name',
    (stranger.registration?.client_id ?? '') !== '',
    stranger.registration,
  );
  const { callback, page } = await person.decide(stranger.authorizationUrl, { deny: true });
  tour.holds('the page warns her', /Unverified.*registered itself/.test(page), page);
  tour.check('the app is told no', callback.get('error'), 'access_denied');
  tour.check('with its mark', callback.get('state'), stranger.lastState);
  tour.check('and the name of the issuer', callback.get('iss'), world.origin);
}
