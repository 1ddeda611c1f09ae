import { decodeJwt } from 'jose';
import { listTools } from './list-tools.js';
import type { MemoryClient } from './memory-client.js';
import { ifOffered } from './offer.js';
import { errorOf } from './results.js';
import type { Scene } from './scene.js';
import { strictClient } from './strict-client.js';

/** What thieves and mistaken servers try: a used refresh token, a used code, a token made for another server. */
export async function misuse(scene: Scene, usedUp: string, app: MemoryClient): Promise<void> {
  const { tour, world, vendor } = scene;
  const { reuseDetection, revocation } = vendor.offers;
  const { access_token: live = '', refresh_token: next = '' } = app.currentTokens ?? {};
  const thief = await strictClient(scene, vendor.issuer);
  const statusWith = async (token: string) => (await listTools(scene, token)).status;

  tour.step(
    'Somebody copied the old refresh token and tries it. It was used before, so one of the two is a thief, and nobody knows which: everything that came of that sign-in ends.',
  );
  await ifOffered(tour, reuseDetection, async ({ where }) => {
    if (where) tour.aside(where);
    tour.check(
      'the old one is refused',
      await errorOf(await thief.refresh(usedUp)),
      'invalid_grant',
    );
    const sibling = await errorOf(await thief.refresh(next));
    tour.check('the new one is dead as well', sibling, 'invalid_grant');
    await ifOffered(tour, revocation, async () =>
      tour.check('and so is the access token', await statusWith(live), 401),
    );
  });

  tour.step('The app asks for a new sign-in. Then somebody sends its code a second time.');
  const signedIn = await thief.signIn(world.mcpUrl, ['mcp:tools:analyze_sentiment']);
  const tokens = await thief.tokens(await thief.redeem(signedIn));
  tour.check('the first time it is good', await statusWith(tokens.access_token), 200);
  const replayed = await errorOf(await thief.redeem(signedIn));
  tour.check('the second time it is refused', replayed, 'invalid_grant');
  await ifOffered(tour, revocation, async () =>
    tour.check('and what it had brought is dead', await statusWith(tokens.access_token), 401),
  );

  tour.step(
    `Another server trusts ${vendor.called} too. Ada allows a token for that one, and it is tried here: a token names the server that it is for (audience).`,
  );
  const { resource, issuer } = vendor.elsewhere;
  const visitor = await strictClient(scene, issuer);
  const elsewhere = await visitor.signIn(resource, ['mcp:tools:analyze_sentiment']);
  const foreign = await visitor.tokens(await visitor.redeem(elsewhere));
  const audience = [decodeJwt(foreign.access_token).aud ?? []].flat();
  tour.holds('it is a good token, for the other server', audience.includes(resource), audience);
  tour.holds('and not for this one', !audience.includes(world.mcpUrl), audience);
  tour.check('here it opens nothing', await statusWith(foreign.access_token), 401);
}
