import { auth } from '@modelcontextprotocol/client';
import { memoryClient } from './memory-client.js';
import { ifOffered, isOffered } from './offer.js';
import type { Scene } from './scene.js';
import { REDIRECT } from './vendor-setting.js';

/** A client that nobody has heard of gives itself a name; where there are pages, Ada refuses it. */
export async function registration(scene: Scene): Promise<void> {
  const { tour, world, vendor, fetch } = scene;
  const { registration: offer, consentPages } = vendor.offers;
  tour.step(
    `Many apps of today have no such document yet and register themselves instead (DCR). ${
      isOffered(consentPages)
        ? 'Nobody has checked who made this one, the page says so, and Ada refuses.'
        : 'Nobody has checked who made this one.'
    }`,
  );
  await ifOffered(tour, offer, async ({ clientId }) => {
    const stranger = memoryClient({ name: 'Stranger', redirectUrl: REDIRECT });
    const outcome = await auth(stranger, { serverUrl: world.mcpUrl, fetchFn: fetch });
    const given = stranger.registration?.client_id ?? '';
    tour.check('the registration was taken', outcome, 'REDIRECT');
    tour.holds(`the client was given a name: ${given}`, clientId.test(given), given);
    if (isOffered(consentPages)) await refuse(scene, stranger);
  });
}

async function refuse(
  { tour, vendor, person }: Scene,
  stranger: ReturnType<typeof memoryClient>,
): Promise<void> {
  const { callback, page } = await person.decide(stranger.authorizationUrl, { deny: true });
  if (page !== undefined) {
    tour.holds('the page warns her', /Unverified.*registered itself/s.test(page), page);
  }
  tour.check('the app is told no', callback.get('error'), 'access_denied');
  tour.check('with its mark', callback.get('state'), stranger.lastState);
  tour.check('and the name of the issuer', callback.get('iss'), vendor.issuer);
}
