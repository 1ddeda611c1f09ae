import { decodeJwt } from 'jose';
import type { MemoryClient } from './memory-client.js';
import type { Scene } from './scene.js';
import { strictClient } from './strict-client.js';

/** What thieves and mistaken servers try: a used refresh token, a used code, a token made for another server. */
export async function misuse(scene: Scene, usedUp: string, app: MemoryClient): Promise<void> {
  const { tour } = scene;
  const { access_token: live = '', refresh_token: next = '' } = app.currentTokens ?? {};
  const thief = await strictClient(scene);

  tour.step(
    'Somebody copied the old refresh token and tries it. It was used before, so one of the two is a thief, and nobody knows which: the whole family is revoked.',
  );
  const reused = await thief.refresh(usedUp);
  tour.check('the old one is refused', await errorOf(reused), 'invalid_grant');
  const sibling = await thief.refresh(next);
  tour.check('the new one is dead as well', await errorOf(sibling), 'invalid_grant');
  tour.check('and so is the access token', await statusWith(scene, live), 401);

  tour.step('The app has to ask Ada again. Then somebody sends its code a second time.');
  const signedIn = await thief.signIn(scene.world.mcpUrl, ['mcp:tools:analyze_sentiment']);
  const tokens = await thief.tokens(await thief.redeem(signedIn));
  tour.check('the first time it is good', await statusWith(scene, tokens.access_token), 200);
  const replayed = await thief.redeem(signedIn);
  tour.check('the second time it is refused', await errorOf(replayed), 'invalid_grant');
  tour.check('and what it had brought is dead', await statusWith(scene, tokens.access_token), 401);

  tour.step(
    'The same issuer makes tokens for another server too. Ada allows one, and it is tried here.',
  );
  const elsewhere = await thief.signIn(scene.world.otherResource, ['mcp:tools:analyze_sentiment']);
  const foreign = await thief.tokens(await thief.redeem(elsewhere));
  tour.check(
    'it is a good token, for the other server',
    decodeJwt(foreign.access_token).aud,
    scene.world.otherResource,
  );
  tour.check('here it opens nothing', await statusWith(scene, foreign.access_token), 401);
}

/** The OAuth error of an answer that must be a refusal. */
async function errorOf(response: Response): Promise<unknown> {
  if (response.ok) return `${response.status}, no error`;
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
}

/** How the MCP server answers a harmless call with this token. */
async function statusWith({ world, fetch }: Scene, token: string): Promise<number> {
  const response = await fetch(world.mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  return response.status;
}
