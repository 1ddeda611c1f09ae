import { userinfoOf } from './access-rules.js';
import { bearerOf, type OwnTokens, ownClaims } from './own-claims.js';
import { clientOf } from './tenant.js';

/**
 * Who signed in, for first parties that got `openid`. Third parties never get a token for this
 * endpoint.
 */
export async function userinfo(
  own: OwnTokens,
  opaqueTokens: ReadonlySet<string>,
  request: Request,
): Promise<Response> {
  const { tenant } = own;
  const token = bearerOf(request);
  const claims = await ownClaims(own, token, userinfoOf(tenant));
  const client = clientOf(tenant, String(claims?.client_id ?? claims?.azp ?? ''));
  if (opaqueTokens.has(token) || client?.is_first_party) {
    return Response.json({ sub: tenant.user.user_id });
  }
  return new Response('Unauthorized', { status: 401 });
}
