import { listTools } from './list-tools.js';
import { ifOffered } from './offer.js';
import { errorOf } from './results.js';
import type { Scene } from './scene.js';
import { strictClient } from './strict-client.js';

/** A person takes back what she allowed, without asking the app. */
export async function changeOfMind(scene: Scene): Promise<void> {
  const { tour, world, vendor, fetch } = scene;
  tour.step(
    'Ada changes her mind. A page shows her the apps that may act for her, and the tour removes this one in her name.',
  );
  await ifOffered(tour, vendor.offers.connectedApps, async ({ remove }) => {
    const app = await strictClient(scene, vendor.issuer);
    const signedIn = await app.signIn(world.mcpUrl, ['mcp:tools:analyze_sentiment']);
    const tokens = await app.tokens(await app.redeem(signedIn));
    const status = async () => (await listTools(scene, tokens.access_token)).status;
    tour.check('before, its token is good', await status(), 200);
    tour.check('it is the one app on the page', await remove(vendor.app.clientId, fetch), [
      vendor.app.clientId,
    ]);
    tour.check('its very next call is refused', await status(), 401);
    const refreshed = await errorOf(await app.refresh(tokens.refresh_token ?? ''));
    tour.check('and it gets no new token', refreshed, 'invalid_grant');
  });
}
