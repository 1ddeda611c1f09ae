import { listTools } from './list-tools.js';
import { ifOffered } from './offer.js';
import type { Scene } from './scene.js';

/** The provider is away: what is known stays good, what cannot be judged is not judged. */
export async function outage(scene: Scene): Promise<void> {
  const { tour, vendor } = scene;
  tour.step(
    'The issuer goes down. Whoever has a token that was signed with a known key notices nothing. A token with a new key cannot be judged: a 401 would make its app throw it away, so the answer is another.',
  );
  await ifOffered(tour, vendor.offers.outage, async ({ begin, end }) => {
    const unknown = await begin();
    const tokens = await vendor.machine.provider.tokens();
    const known = await listTools(scene, tokens?.access_token);
    tour.check('the known key is enough', known.status, 200);
    const answer = await listTools(scene, unknown);
    tour.check('the other token is answered 503: come back later', answer.status, 503);
    const seconds = Number(answer.headers.get('retry-after'));
    tour.holds('with the time to wait', seconds >= 1 && seconds <= 60, seconds);
    tour.check('and without a challenge', answer.headers.get('www-authenticate'), null);
    end();
  });
}
